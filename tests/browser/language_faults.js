// Functions for the page that look at its texts, whether they are shown now or not.
({
  // Texts and labels without the brackets of the language for writers (?lang=qps), but for what is not the page's own:
  // `names`, and what stands in `data`, a selector.
  strange(names, data) {
    const found = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const { data: text, parentElement } = texts.currentNode;
      if (/\p{Letter}/u.test(text) && !/^⟦.*⟧$/s.test(text.trim()) && !names.includes(text) && !parentElement.closest(data)) found.push(text);
    }
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
      for (const element of document.querySelectorAll(`[${name}]`)) {
        const label = element.getAttribute(name);
        if (label && !label.includes('⟦') && !names.includes(label) && !element.closest(data)) found.push(`${name}=${label}`);
      }
    }
    return found;
  },

  // Buttons, links and choices in `place` that are wider than their box or the window, with all that may be there shown at once.
  tight(place) {
    const container = document.querySelector(place);
    const hidden = [container, ...container.querySelectorAll('[hidden]')].filter((one) => one.hidden);
    for (const one of hidden) one.hidden = false;
    const faults = [...container.querySelectorAll('button, a, label, select, h2, h3, dt, dd, p')].flatMap((one) => {
      const { left, right, width } = one.getBoundingClientRect();
      if (width === 0) return [];
      const name = `${place}: ${one.textContent.trim().slice(0, 40) || one.id}`;
      if (left < 0 || right > innerWidth) return [`${name} is beside the window`];
      return one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0 ? [`${name} is wider than its box`] : [];
    });
    for (const one of hidden) one.hidden = true;
    return faults;
  },
})
