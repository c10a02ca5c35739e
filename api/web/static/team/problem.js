// A refusal of the server or of the network, in the words of the care-team pages.
import { Problem, SignInNeeded, Unreachable } from "../shared/api.js";
import { t } from "../shared/words.js";

/**
 * @param {unknown} error
 * @returns {import("../shared/problem.js").Problem | null} nothing where the sign-in has ended: the page leaves then
 */
export const problemOf = (error) => {
  if (error instanceof Problem) return error.problem;
  if (error instanceof SignInNeeded) return null;
  if (error instanceof Unreachable) {
    return { title: t("There is no connection at the moment."), detail: t("Nothing was changed. Please try again."), type: "offline" };
  }
  console.error(error);
  return { title: t("Something went wrong on this page."), detail: t("Please try again.") };
};
