// A measurement as the API takes it, from the fields of the form: numbers as numbers, blank left out. Pure.

const NUMBERS = ["degrees", "value", "t_score", "z_score", "g_per_cm2"];

/** A number as it was typed, with a comma or a point; what is none stays text, and the server says so. @param {string} text */
export const numberOf = (text) => {
  const plain = text.trim().replace(",", ".");
  return plain !== "" && Number.isFinite(Number(plain)) ? Number(plain) : text;
};

/** @param {Record<string, string>} fields */
export const measurementOf = (fields) => {
  /** @type {Record<string, any>} */
  const body = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value.trim() === "" || name === "confirmed") continue;
    if (name === "tries") body.tries = value.split(/[;\s/]+/).filter(Boolean).map(numberOf);
    else if (name === "dominant") body.dominant = value === "true";
    else body[name] = NUMBERS.includes(name) ? numberOf(value) : value;
  }
  return body;
};
