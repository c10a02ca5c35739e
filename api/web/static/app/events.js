// What the care team did after something was sent: read it, took it on, called, booked a visit. Kept with its cursor,
// so that it can be seen without a network. An event is {at, kind, role, name}; none is clinical.
import { api, Problem } from "../shared/api.js";
import { confirm, keepAs } from "./identity.js";
import { getMeta } from "./store.js";

const KEY = "events";
const PAGE = 500;
/** Only the newest are kept: some years of a daily diary. */
const MOST = 2_000;

/** Those known here, oldest first. @returns {Promise<any[]>} */
export const keptEvents = async () => (await getMeta(KEY))?.items ?? [];

/** Ask the server for those since the last time. Throws what api.js throws. */
export const fetchEvents = async () => {
  const { device } = await confirm();
  for (let hasMore = true; hasMore; ) {
    const kept = await getMeta(KEY);
    const query = new URLSearchParams({ limit: String(PAGE), ...(kept && { since: kept.next }) });
    try {
      const { body } = await api.get(`/v1/me/events?${query}`, { device });
      const items = [...(kept?.items ?? []), ...body.items].slice(-MOST);
      const isNew = body.items.length > 0 || !kept;
      const isKept = !isNew || (await keepAs(device, KEY, { items, next: body.next }));
      hasMore = isKept && body.more && body.next !== kept?.next;
    } catch (error) {
      if (!kept || !(error instanceof Problem) || error.slug !== "invalid-cursor") throw error;
      await keepAs(device, KEY, undefined); // from the beginning
    }
  }
};
