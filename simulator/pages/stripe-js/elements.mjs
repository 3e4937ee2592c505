/** Makes an element with its properties and children. */
export const make = (tag, properties = {}, children = []) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

/** The element that a selector names, or the one that was given. */
export const elementAt = (place) => {
  const found = typeof place === 'string' ? document.querySelector(place) : place;
  if (found === null) throw new Error(`There is no element ${place} to mount on.`);
  return found;
};

/** Sends the browser to a page of the web; any other address could run as a script, and leads nowhere. */
export const goTo = (address) => {
  const target = new URL(address, location.href);
  if (/^https?:$/.test(target.protocol)) location.assign(target.href);
};
