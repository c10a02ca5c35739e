// Keys of a curve, while it has the focus: arrows and Page keys move the day that is read, T shows the table.

const WEEK = 7;

/**
 * @param {{ days: any[] }} model
 * @param {{ move: (by: number) => void, pick: (place: number) => void, toggleTable: () => void, leave?: () => void }} act
 */
export const chartKeys = ({ days }, act) => (/** @type {KeyboardEvent} */ event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const steps = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1, PageUp: -WEEK, PageDown: WEEK });
  const { key } = event;
  if (key === "t" || key === "T") act.toggleTable();
  else if (!(/** @type {Element} */ (event.target).closest("svg"))) return;
  else if (steps[key]) act.move(steps[key]);
  else if (key === "Home") act.pick(0);
  else if (key === "End") act.pick(days.length - 1);
  else if (key === "Escape" && act.leave) act.leave();
  else return;
  event.preventDefault();
};
