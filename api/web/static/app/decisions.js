// What a patient decides about items that could not be sent as they are. An item is named by its `id`.
//
//   await sendAgain(id)                 a refused one, once more as it is (to mend it: correctEntry)
//   await discard(id)                   a refused one or a conflict is given up
//   await choose(id, "mine")            a conflict: keep what was entered here, or "theirs"

import { isStuck, mended } from "./items.js";
import { write } from "./outbox.js";

/** @param {string} id @param {(outbox: any, item: import("./items.js").Item) => any} work */
const change = (id, work) =>
  write(async (outbox) => {
    const item = await outbox.index("id").get(id);
    if (item) await work(outbox, item);
  });

/** Send a refused item once more as it is. @param {string} id */
export const sendAgain = (id) =>
  change(id, (outbox, item) => item.state === "refused" && outbox.put({ ...item, ...mended(item) }));

/** Remove an item that was refused or is in conflict; the patient was asked. @param {string} id */
export const discard = (id) => change(id, (outbox, item) => isStuck(item) && outbox.delete(item.seq));

/** Settle a conflict: keep what was entered here, or what stands at the server.
 * @param {string} id
 * @param {"mine" | "theirs"} which */
export const choose = (id, which) =>
  change(id, (outbox, item) => {
    if (item.state !== "conflict") return undefined;
    return which === "theirs" ? outbox.delete(item.seq) : outbox.put({ ...item, ...mended(item), body: overTheirs(item) });
  });

/** What was entered here, fit to stand over theirs: a complete questionnaire stays complete.
 * @param {import("./items.js").Item} item */
const overTheirs = ({ kind, body, theirs }) =>
  kind === "assessment" && theirs?.status === "complete" ? { ...body, status: "complete" } : body;
