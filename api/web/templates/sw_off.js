// Takes the service worker off phones: its files go, and the app comes from the server again.
// What a patient has saved (IndexedDB) stays, and an open page goes on.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(leave()));

const leave = async () => {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("aimss-")).map((name) => caches.delete(name)));
  await self.registration.unregister();
};
