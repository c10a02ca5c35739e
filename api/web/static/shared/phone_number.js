// The number by which the care team is called, from what the site has set.

const NUMBER = /\+?\d[\d\s()/-]{4,}\d/g;
const HOURS = /^\d{3,4}\s*-\s*\d{3,4}$/;
const LEAST_DIGITS = 6;

/**
 * The site's number, or else the only one in the site's own sentence, which stands in one language; null: none.
 * @param {{ phone?: string | null, contact?: string } | null | undefined} team
 */
export const phoneNumberOf = (team) => {
  if (team?.phone) return team.phone;
  const [found, another] = team?.contact?.match(NUMBER) ?? [];
  if (!found || another || HOURS.test(found)) return null;
  return found.replace(/\D/g, "").length >= LEAST_DIGITS ? found : null;
};
