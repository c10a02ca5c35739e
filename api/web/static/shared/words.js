// Words of the faces: sentences by their English text, and days, times and numbers as a reader writes them.
// English is the key. The other languages come from words/{language}.json, which `make words` writes.

const CONTEXT = "\u0004";
const LOCALES = /** @type {Record<string, string>} */ ({ en: "en-GB", de: "de-DE", es: "es-ES", fr: "fr-FR" });

/** @typedef {Record<string, string | string[]>} Catalogue */

let language = "en";
let locale = "en-GB";
/** @type {Catalogue} */
let catalogue = {};
let plural = new Intl.PluralRules(locale);

/**
 * Use a language from now on.
 * @param {string} tag @param {Catalogue} [loaded] sentences by English text; none for English
 */
export const use = (tag, loaded = {}) => {
  language = tag;
  locale = LOCALES[tag] ?? "en-GB";
  catalogue = loaded;
  plural = new Intl.PluralRules(locale);
};

/** The language in use. */
export const current = () => language;

/**
 * A sentence in the language in use; `{name}` in it is replaced. Values are plain text, never templates.
 * @param {string} text @param {Record<string, string | number>} [values]
 */
export const t = (text, values = {}) => filled(found(text, text), values);

/**
 * A sentence whose translation depends on where it stands.
 * @param {string} context a word for translators @param {string} text @param {Record<string, string | number>} [values]
 */
export const c = (context, text, values = {}) => filled(found(context + CONTEXT + text, text), values);

/** @param {string} key @param {string} text */
const found = (key, text) => {
  const translated = catalogue[key];
  return typeof translated === "string" ? translated : text;
};

/**
 * A sentence that depends on a number, which stands in it as `{n}`.
 * @param {string} one @param {string} many @param {number} count @param {Record<string, string | number>} [values]
 */
export const n = (one, many, count, values = {}) => {
  const translated = catalogue[one];
  const forms = Array.isArray(translated) ? translated : [one, many];
  const form = forms[plural.select(count) === "one" ? 0 : forms.length - 1];
  return filled(form, { n: number(count), ...values });
};

/** @param {string} text @param {Record<string, string | number>} values */
const filled = (text, values) =>
  text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

const DAY_STYLES = /** @type {Record<string, Intl.DateTimeFormatOptions>} */ ({
  long: { weekday: "long", day: "numeric", month: "long" },
  full: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  date: { day: "numeric", month: "long", year: "numeric" },
  short: { day: "numeric", month: "short" },
  plain: { day: "numeric", month: "long" },
  month: { month: "short", year: "numeric" },
  weekday: { weekday: "long" },
  letters: { weekday: "short" },
  number: { day: "numeric" },
});

/**
 * A day of the calendar, such as *Tuesday 10 March*.
 * @param {string} iso as 2026-03-10 @param {keyof typeof DAY_STYLES} [style]
 */
export const day = (iso, style = "long") =>
  new Intl.DateTimeFormat(locale, { ...DAY_STYLES[style], timeZone: "UTC" }).format(new Date(`${iso}T12:00:00Z`));

/**
 * A time of the day, such as *19:02*, in the zone of this phone or in the one that is named.
 * @param {string | number | Date} moment @param {string} [zone]
 */
export const clock = (moment, zone) =>
  new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit", timeZone: zone }).format(new Date(moment));

/**
 * Day and time in the zone of this phone, such as *Tuesday 10 March, 19:02*.
 * @param {string | number | Date} moment
 */
export const dayAndClock = (moment) =>
  new Intl.DateTimeFormat(locale, { ...DAY_STYLES.long, hour: "numeric", minute: "2-digit" }).format(new Date(moment));

/**
 * A number with at most so many decimals, and at least so many.
 * @param {number} value @param {number} [decimals] @param {number} [least]
 */
export const number = (value, decimals = 0, least = 0) =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: decimals, minimumFractionDigits: least }).format(value);

/**
 * A distance in time, such as *2 days ago* or *tomorrow*.
 * @param {number} amount negative for the past @param {Intl.RelativeTimeFormatUnit} unit
 */
export const relative = (amount, unit) =>
  new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(amount, unit);

/**
 * Several things in one sentence: *knees, left wrist and neck*.
 * @param {string[]} items
 */
export const list = (items) => new Intl.ListFormat(locale, { type: "conjunction" }).format(items);
