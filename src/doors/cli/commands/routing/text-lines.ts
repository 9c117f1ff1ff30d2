import { StringDecoder } from 'node:string_decoder';

/**
 * The lines of a stream as they come, without their ends; a text without a last line end has a last line all the same. Throws
 * `tooLong()` for a line of more characters than `most`, before it is read to its end.
 *
 * @example
 * for await (const line of textLines(world.stdin(), { most: 1_000_000, tooLong })) reader.take(line);
 */
export async function* textLines(
  stream: AsyncIterable<Uint8Array | string>,
  { most, tooLong }: { readonly most: number; readonly tooLong: (line: number) => Error },
): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let [rest, at] = ['', 1];
  for await (const part of stream) {
    const [first = '', ...others] = (typeof part === 'string' ? part : decoder.write(part)).split('\n');
    rest += first;
    for (const next of others) {
      if (rest.length > most) throw tooLong(at);
      yield rest.replace(/\r$/, '');
      [rest, at] = [next, at + 1];
    }
    if (rest.length > most) throw tooLong(at);
  }
  rest += decoder.end();
  if (rest !== '') yield rest;
}
