// What a finger or an eye meets on a page; returns a line for each fault. `least` is the least size of a control.
(least) => {
  const faults = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) faults.push(`the page is ${root.scrollWidth} wide in ${root.clientWidth}`);
  const controls = document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=radio], [role=checkbox]");
  for (const each of controls) {
    if (!each.checkVisibility({ visibilityProperty: true }) || each.disabled) continue;
    const name = (each.getAttribute("aria-label") || each.innerText || each.name || each.id || each.tagName).trim().slice(0, 40);
    each.scrollIntoView({ block: "nearest" });
    const area = /^(radio|checkbox)$/.test(each.type) ? (each.closest("label") ?? each) : each; // its label is touched, too
    const box = area.getBoundingClientRect();
    if (box.left < -1 || box.right > root.clientWidth + 1) faults.push(`${name} reaches beyond the edge`);
    const isInline = getComputedStyle(each).display === "inline";
    if (!isInline && box.height < least) faults.push(`${name} is ${Math.round(box.height)} high`);
    if (!isInline && box.width < least) faults.push(`${name} is ${Math.round(box.width)} wide`);
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    const isHit = hit && (each.contains(hit) || hit.contains(each) || hit.closest("label")?.contains(each));
    if (!isHit) faults.push(`${name} is covered by ${hit?.className || hit?.tagName}`);
  }
  for (const each of document.querySelectorAll("h1, h2, h3, p, a, button, label, span, li, td, th")) {
    const style = getComputedStyle(each);
    if (style.overflow === "visible" || each.classList.contains("unseen")) continue;
    if (each.scrollWidth > each.clientWidth + 1) faults.push(`text is cut off: ${each.textContent.trim().slice(0, 40)}`);
  }
  for (const each of document.querySelectorAll(".row-words")) {
    const letters = each.clientWidth / parseFloat(getComputedStyle(each).fontSize);
    if (letters < 4) faults.push(`words of a row are squeezed: ${each.textContent.trim().slice(0, 40)}`);
  }
  scrollTo(0, 0);
  return faults;
}
