// Loaded by the loader's thread, before anything of the house: plants one bug into one file on its way in.
import { fileURLToPath } from 'node:url';

/** @type {{ path: string, piece: string, instead: string }} */
let bug;

/** Takes the bug that this process is to have. */
export function initialize(given) {
  bug = given;
}

/** Hands over a file's source; the planted one's with the piece replaced. A piece that does not stand there once is an error. */
export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  if (!url.startsWith('file:') || fileURLToPath(url.split('?')[0]) !== bug.path) return loaded;
  const source = String(loaded.source);
  const found = source.split(bug.piece).length - 1;
  if (found !== 1) throw new Error(`the piece to be replaced stands ${found} times in ${bug.path}`);
  return { ...loaded, source: source.replace(bug.piece, () => bug.instead) };
}
