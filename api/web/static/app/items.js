// What an item of the outbox is: its content, and what follows from its state.

/** What waits to be sent, or was refused; see outbox.js.
 * @typedef {{seq: number, id: string, kind: string, subject: string, patient: string, body: any, state: string,
 *   tries: number, ifMatch: number | null, made_at: string, skew: number | null, faults?: number, lease?: string,
 *   leased_at?: number, version?: number, received_at?: string, problem?: any, theirs?: any, isNew?: boolean,
 *   isAgreed?: boolean, method?: string, path?: string, isOpen?: boolean, isQuiet?: boolean}} Item */

/** Every answer that an entry can hold, by its name in the API; a test compares it with the API. */
export const ANSWERS = [
  "pain_worst", "pain_average", "pain_at_rest", "pain_on_moving", "pain_at_night", "pain_in_the_morning",
  "stiffness", "morning_stiffness_minutes", "interference", "body_sites", "dose", "doses_missed_7d",
  "dose_reasons", "confidence", "side_effects_bother", "doubt", "cost_trouble", "sleep_trouble",
  "wants_to_stop", "red_flags", "several_swollen_joints", "gap_reason", "asked", "is_this_usual", "note",
  "client", "scale", "seconds",
];
/** Members that describe an entry and are no answer on their own. */
const NO_ANSWER = ["asked", "client", "scale", "seconds"];

/** Nothing was answered: blank is blank, and is not sent. */
export class NothingToSend extends Error {}

const isGiven = (/** @type {any} */ value) =>
  value !== null && value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0);

/** The answers that were given, and nothing else: what is blank has no key.
 * @param {Record<string, any>} values answers, or an entry as the server gives it
 * @returns {Record<string, any>} */
export const contentOf = (values) =>
  Object.fromEntries(ANSWERS.filter((name) => isGiven(values[name])).map((name) => [name, values[name]]));

/** Whether nothing was answered.
 * @param {Record<string, any>} answers */
export const isBlank = (answers) => Object.keys(contentOf(answers)).every((name) => NO_ANSWER.includes(name));

/** Whether an item has certainly not reached the server. @param {Item} item */
export const isNeverSent = (item) => item.state === "saved" && item.tries === 0;

/** Whether an item holds a statement of safety, which waits for nothing. @param {Item} item */
export const isUrgent = ({ body }) => Boolean(body?.red_flags?.length || body?.wants_to_stop);

/** Whether an item waits for the patient's decision. @param {Item} row */
export const isStuck = (row) => row.state === "refused" || row.state === "conflict";
/** A stuck item, made ready to be sent; after a conflict it changes what stands at the server.
 * @param {Item} row */
export const mended = (row) => ({
  ...(row.state === "conflict" && { isNew: false, ifMatch: row.theirs?.version ?? null }),
  kind: row.state === "conflict" && row.kind === "entry" ? "correction" : row.kind,
  state: "saved",
  tries: 0,
  problem: undefined,
  theirs: undefined,
});

/** How long a tab may be silent about what it is sending, before another one sends it. */
export const LEASE_MS = 60_000;

/** Whether an item may be sent now; a tab that was killed, and a clock that was moved, block nothing.
 * @param {Item} item
 * @param {boolean} isAlone nobody else is sending, so nobody holds a lease */
export const isSendable = ({ state, leased_at: at }, isAlone) => {
  const [now, since] = [Date.now(), at ?? 0];
  const isLeased = since <= now && now < since + LEASE_MS;
  return state === "saved" || (state === "sending" && (isAlone || !isLeased));
};

/** The items about one thing, in the order in which they were saved.
 * @param {any} outbox the store
 * @param {string} subject
 * @returns {Promise<Item[]>} */
export const rowsOf = async (outbox, subject) => {
  /** @type {Item[]} */
  const rows = await outbox.index("subject").getAll(subject);
  return rows.sort((one, other) => one.seq - other.seq);
};
