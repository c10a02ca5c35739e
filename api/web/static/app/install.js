// Whether the app runs from the home screen, and whether it must, to show notifications.

/** Only iPhones and iPads tell whether they run a page from the home screen. */
const isIphone = () => "standalone" in navigator && navigator.maxTouchPoints > 0;

/** Whether the app was opened from the home screen. */
export const isInstalled = () =>
  /** @type {any} */ (navigator).standalone === true || matchMedia("(display-mode: standalone)").matches;

/** Whether this is the browser of an iPhone: there only an app on the home screen may show notifications. */
export const needsHomeScreen = () => isIphone() && !isInstalled();

/** What a patient opens to allow notifications. @returns {"iphone" | "installed" | "browser"} */
export const platform = () => {
  if (isIphone()) return "iphone";
  return isInstalled() ? "installed" : "browser";
};
