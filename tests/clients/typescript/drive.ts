// Drives one real server through openapi-fetch over the types that openapi-typescript made of the document.
// ADDRESS and TOKEN (of a patient who has not written yet) come from the environment; ends with status 1 and a
// message where an answer is not what its type says.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type NewEntry = components["schemas"]["NewEntry"];
type EntryResult = components["schemas"]["EntryResult"];

const token = process.env.TOKEN ?? assert.fail("TOKEN is not set");
const api = createClient<paths>({
  baseUrl: process.env.ADDRESS ?? assert.fail("ADDRESS is not set"),
  headers: { Authorization: `Bearer ${token}` },
});

function entry(answers: Partial<NewEntry>): NewEntry {
  return { id: randomUUID(), recorded_at: new Date(Date.now() - 60_000).toISOString(), ...answers };
}

async function single(body: NewEntry): Promise<[number, EntryResult]> {
  const { data, response } = await api.POST("/v1/me/entries", { body });
  assert(data !== undefined && "status" in data, "one entry is answered with one result");
  return [response.status, data];
}

const first = entry({ pain_worst: 4, body_sites: [{ site: "wrist", side: "left" }], note: "Hände" });
const [createdStatus, created] = await single(first);
assert.deepEqual([createdStatus, created.status, created.id], [201, "created", first.id]);
const [againStatus, again] = await single(first);
assert.deepEqual([againStatus, again.status, again.received_at], [200, "duplicate", created.received_at]);

const other = { ...first, pain_worst: 5 };
const conflict = await api.POST("/v1/me/entries", { body: other });
assert.equal(conflict.response.status, 409);
assert.equal(conflict.error?.type, "/problems/entry-conflict");

const wrong = entry({ pain_worst: 11 });
const refused = await api.POST("/v1/me/entries", { body: wrong });
assert.equal(refused.response.status, 422);
assert.equal(refused.error?.type, "/problems/invalid-entry");
assert.ok(refused.error?.errors?.["pain_worst"]);

const batch = await api.POST("/v1/me/entries", { body: { entries: [entry({ stiffness: 3 }), first, other, wrong] } });
assert.equal(batch.response.status, 200);
assert(batch.data !== undefined && "results" in batch.data, "a batch is answered with a result per item");
assert.deepEqual(
  batch.data.results.map((each) => each.status),
  ["created", "duplicate", "conflict", "rejected"],
);
assert.equal(batch.data.results[3]?.problem?.type, "/problems/invalid-entry");

const stored = await api.GET("/v1/me/entries", {});
assert.deepEqual(stored.data?.items.map((each) => each.version), [1, 1]);
const me = await api.GET("/v1/me", {});
assert.equal(me.data?.kind, "patient");
console.log("every answer was as its type says");
