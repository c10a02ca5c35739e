// Tells the server once when the time zone of this phone has changed, so that reminders follow it.

import { phoneZone } from "../shared/days.js";
import { saveChanges } from "./outbox.js";
import { getMeta, setMeta } from "./store.js";

/** Call it at each opening. @param {any} me the patient's profile, null: not known */
export const followPhone = async (me) => {
  const zone = phoneZone();
  if (me?.kind !== "patient" || !me.timezone_follows_phone || me.timezone === zone || (await getMeta("zone")) === zone) return;
  await saveChanges({ phone_timezone: zone }, { isQuiet: true }); // nothing that the patient has to be told of
  await setMeta("zone", zone);
};
