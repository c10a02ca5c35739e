// Measurements in words: what was measured, where, and its value as it was entered.
import { c, number, t } from "../../shared/words.js";

export const KINDS = () => /** @type {Record<string, string>} */ ({
  grip_strength: t("Grip strength"),
  range_of_motion: t("Range of motion"),
  vitamin_d: t("Vitamin D, 25(OH)"),
  bone_density: t("Bone density"),
  weight: t("Weight"),
});

const WORDS = () => /** @type {Record<string, string>} */ ({
  left: c("side", "left"), right: c("side", "right"), middle: c("side", "middle"),
  lumbar_spine: t("lumbar spine"), total_hip: t("hip, total"), femoral_neck: t("femoral neck"), one_third_radius: t("radius, one third"),
  shoulder: t("shoulder"), elbow: t("elbow"), forearm: t("forearm"), wrist: t("wrist"), thumb_base: t("thumb, base"), thumb_mcp: t("thumb, MCP"),
  thumb_ip: t("thumb, IP"), finger_mcp: t("finger, MCP"), finger_pip: t("finger, PIP"), finger_dip: t("finger, DIP"), hip: t("hip"),
  knee: t("knee"), ankle: t("ankle"), neck: t("neck"),
  flexion: t("flexion"), extension: t("extension"), abduction: t("abduction"), adduction: t("adduction"),
  internal_rotation: t("internal rotation"), external_rotation: t("external rotation"), pronation: t("pronation"), supination: t("supination"),
  radial_deviation: t("radial deviation"), ulnar_deviation: t("ulnar deviation"), dorsiflexion: t("dorsiflexion"), plantarflexion: t("plantar flexion"),
  rotation: t("rotation"), lateral_flexion: t("lateral flexion"), index: t("index finger"), ring: t("ring finger"), little: t("little finger"),
});

/** The movements of each joint, and which have no side. */
export const MOVEMENTS = /** @type {Record<string, string[]>} */ ({
  shoulder: ["flexion", "extension", "abduction", "internal_rotation", "external_rotation"],
  elbow: ["flexion", "extension"],
  forearm: ["pronation", "supination"],
  wrist: ["flexion", "extension", "radial_deviation", "ulnar_deviation"],
  thumb_base: ["abduction"],
  thumb_mcp: ["flexion"],
  thumb_ip: ["flexion"],
  finger_mcp: ["flexion", "extension"],
  finger_pip: ["flexion", "extension"],
  finger_dip: ["flexion", "extension"],
  hip: ["flexion", "extension", "abduction", "adduction", "internal_rotation", "external_rotation"],
  knee: ["flexion", "extension"],
  ankle: ["dorsiflexion", "plantarflexion"],
  neck: ["flexion", "extension", "lateral_flexion", "rotation"],
});
export const DIGITS = ["index", "middle", "ring", "little"];
export const BONE_SITES = ["lumbar_spine", "total_hip", "femoral_neck", "one_third_radius"];

/** @param {string} value as the API names it */
export const wordOf = (value) => WORDS()[value] ?? value.replaceAll("_", " ");

/** The middle finger is none of the middle. @param {string} digit */
export const digitOf = (digit) => (digit === "middle" ? t("middle finger") : wordOf(digit));

/** What was measured, with side, joint or site. @param {any} measurement */
export const nameOf = ({ kind, entered_values: given }) => {
  const where = ["hand", "site", "joint", "movement", "digit", "side"].flatMap((each) => (given?.[each] ? [each === "digit" ? digitOf(given[each]) : wordOf(given[each])] : []));
  return [KINDS()[kind] ?? kind, ...where].join(", ");
};

/** The value as it was entered. @param {any} measurement */
export const valueInWords = ({ entered_values: given }) => {
  if (!given) return t("withdrawn");
  const unit = given.unit ? ` ${given.unit}` : "";
  if (given.tries) return given.tries.map((/** @type {number} */ each) => number(each, 1)).join(" / ") + unit;
  if (given.degrees !== undefined) return `${number(given.degrees)}°`;
  if (given.value !== undefined) return number(given.value, 1) + unit;
  const parts = [
    given.g_per_cm2 === undefined || given.g_per_cm2 === null ? "" : `${number(given.g_per_cm2, 3)} g/cm²`,
    given.t_score === undefined || given.t_score === null ? "" : `T ${number(given.t_score, 1, 1)}`,
    given.z_score === undefined || given.z_score === null ? "" : `Z ${number(given.z_score, 1, 1)}`,
  ].filter(Boolean);
  return parts.join(", ") || "–";
};
