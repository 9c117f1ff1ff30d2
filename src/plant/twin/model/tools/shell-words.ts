import { posix } from 'node:path';

/** A text as one word of a shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command that writes a file, byte for byte. */
export function writeCommand(file: string, text: string): string {
  const folder = posix.dirname(file);
  const make = folder === '.' ? '' : `mkdir -p ${quoted(folder)} && `;
  return `${make}printf '%s' ${quoted(text)} > ${quoted(file)}`;
}

export function readCommand(file: string): string {
  return `cat ${quoted(file)}`;
}

/** A command that replaces a text which stands in a file exactly once, with the interpreter that there is. */
export function editCommand(file: string, old: string, next: string): string {
  const words = [file, old, next].map(quoted).join(' ');
  const node = quoted(
    `const [f,o,n]=process.argv.slice(1),s=require("fs").readFileSync(f,"utf8").split(o);if(s.length!==2)throw Error("found "+(s.length-1)+" times");require("fs").writeFileSync(f,s.join(n))`,
  );
  const python = quoted(
    `import sys\nf,o,n=sys.argv[1:4]\ns=open(f,encoding="utf8").read().split(o)\nassert len(s)==2,"found %d times"%(len(s)-1)\nopen(f,"w",encoding="utf8").write(n.join(s))`,
  );
  return `if command -v node >/dev/null 2>&1; then node -e ${node} ${words}; else python3 -c ${python} ${words}; fi`;
}
