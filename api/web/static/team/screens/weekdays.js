// Days of the week as the API counts them: 0 is Monday.
import { day } from "../../shared/words.js";

const MONDAY = "2026-01-05";

/** @param {number} number 0 is Monday */
export const weekdayOf = (number) => day(`${MONDAY.slice(0, 8)}${String(5 + number).padStart(2, "0")}`, "weekday");
