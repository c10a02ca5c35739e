// The earlier versions of an entry; they are asked for when they are looked at, and not kept here.
import { api } from "../shared/api.js";
import { confirm } from "./identity.js";

/** Oldest first: {version, local_date, answers, superseded_at}. @param {string} id @returns {Promise<any[]>} */
export const formerVersions = async (id) => {
  const { device } = await confirm();
  return (await api.get(`/v1/me/entries/${id}/versions`, { device })).body.items;
};
