import { createWriteStream, type WriteStream } from 'node:fs';
import { Writable } from 'node:stream';

/** A file that is made when something is first written to it, and not before. */
export function lazyFile(path: string): Writable {
  let file: WriteStream | undefined;
  return new Writable({
    write(chunk, _encoding, done) {
      file ??= createWriteStream(path);
      file.write(chunk, done);
    },
    final(done) {
      if (file) file.end(done);
      else done();
    },
  });
}
