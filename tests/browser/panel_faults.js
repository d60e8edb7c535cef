// What keeps an open panel from being used by everybody: a control that is too small for a finger, beside the window, or
// over another one. A function for the page: takes whether it is a phone's, gives sentences.
(phone) => {
  const faults = [];
  const drawn = [...document.querySelectorAll('dialog[open] :is(a, button, input, textarea)')]
    .map((one) => ({ one, target: one.closest('label') ?? one }))
    .map(({ one, target }) => ({ one, name: one.ariaLabel ?? target.textContent, box: target.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0);
  for (const { name, box } of drawn) {
    if (box.height < (phone ? 43.5 : 24)) faults.push(`${name} is ${box.height} pixels high`);
    if (box.left < 0 || box.right > innerWidth) faults.push(`${name} is beside the window`);
  }
  const inList = ({ one }) => one.closest('ul') !== null;
  for (const [index, first] of drawn.entries()) {
    for (const second of drawn.slice(index + 1)) {
      const { box } = first;
      const { left, right, top, bottom } = second.box;
      const over = box.right > left && right > box.left && box.bottom > top && bottom > box.top;
      // A list that scrolls goes on below what is under it.
      if (over && inList(first) === inList(second)) faults.push(`${first.name} is over ${second.name}`);
    }
  }
  for (const dialog of document.querySelectorAll('dialog[open]')) {
    const { top, bottom } = dialog.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) faults.push(`${dialog.id} is higher than the window`);
  }
  return faults;
}
