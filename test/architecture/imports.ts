import { posix } from 'node:path';

/** One import of a source file: where it points and whether only types cross. */
export interface Import {
  target: string;
  /** A file of this repository rather than a package. */
  local: boolean;
  typesOnly: boolean;
}

const statement =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:([^'";]*?)\s+from\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** Every import of a file; relative ones are answered as paths from the root of the repository, packages by name. */
export function importsOf(path: string, source: string): Import[] {
  return [...withoutComments(source).matchAll(statement)].map(([, type, names, from, dynamic]) => {
    const specifier = from ?? dynamic ?? '';
    const local = specifier.startsWith('.');
    return {
      local,
      target: local ? posix.normalize(posix.join(posix.dirname(path), specifier)) : specifier,
      typesOnly: type !== undefined || (names !== undefined && namesOnlyTypes(names)),
    };
  });
}

/** The source without its comments, so that prose never counts as code; strings stay as they are. */
export function withoutComments(source: string): string {
  return source.replace(
    /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (_, text: string | undefined) => text ?? '',
  );
}

function namesOnlyTypes(names: string): boolean {
  const inside = /^\{([\s\S]*)\}$/.exec(names.trim())?.[1];
  return (
    inside !== undefined &&
    inside.split(',').every((name) => name.trim() === '' || /^type\s/.test(name.trim()))
  );
}
