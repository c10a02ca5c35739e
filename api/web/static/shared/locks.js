// One at a time over all tabs and the service worker, by the Web Locks API.
//
// Where the browser has no Web Locks, or the holder does not answer in time, the work is done all the same:
// what is sent twice is harmless, since the server knows every item by its id.

/** Do some work while holding a lock.
 * @template T
 * @param {string} name
 * @param {(isAlone: boolean) => Promise<T>} work is told whether it holds the lock
 * @param {number} [patienceMs] how long to wait for the lock before working without it
 * @returns {Promise<T>} */
export const withLock = async (name, work, patienceMs = 75_000) => {
  if (!navigator.locks) return work(false);
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), patienceMs);
  let began = false;
  try {
    return await navigator.locks.request(name, { signal: patience.signal }, () => {
      began = true;
      clearTimeout(timer);
      return work(true);
    });
  } catch (error) {
    if (began) throw error;
    return work(false);
  } finally {
    clearTimeout(timer);
  }
};
