/** What a form carried: plain values, and files by the name of their part. */
export type Form = { values: Record<string, string>; files: Map<string, { name: string; bytes: Uint8Array }> };

/** Takes a `multipart/form-data` body apart (RFC 7578; file names may be unquoted, as some clients send them). */
export function parseMultipart(body: Buffer, contentType: string): Form {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (!boundary) throw new Error('a form without a boundary');
  const form: Form = { values: {}, files: new Map() };
  const mark = Buffer.from(`--${boundary}`);
  let at = body.indexOf(mark);
  while (at >= 0) {
    const next = body.indexOf(mark, at + mark.length);
    if (next < 0) break;
    addPart(form, body.subarray(at + mark.length + 2, next - 2));
    at = next;
  }
  return form;
}

function addPart(form: Form, part: Buffer): void {
  const split = part.indexOf('\r\n\r\n');
  const head = part.subarray(0, split).toString();
  const content = part.subarray(split + 4);
  const name = /name="([^"]*)"/.exec(head)?.[1] ?? '';
  const fileName = /filename="?([^";\r\n]+)"?/.exec(head)?.[1];
  if (fileName === undefined) form.values[name] = content.toString();
  else form.files.set(name, { name: fileName, bytes: new Uint8Array(content) });
}
