import type { IncomingMessage } from 'node:http';
import { parseMultipart } from './multipart.ts';
import { mistake } from './refused.ts';
import { fromForm } from './spec.ts';

type Files = Map<string, { name: string; bytes: Uint8Array }>;

/** The parameters of a call, in whichever of the four official ways they came: query, urlencoded, JSON, multipart. */
export async function readParams(
  request: IncomingMessage,
  url: URL,
  method: string,
): Promise<{ params: Record<string, unknown>; files: Files }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  const typed = (values: Record<string, string>) =>
    Object.fromEntries(Object.entries(values).map(([name, text]) => [name, fromForm(method, name, text)]));
  const query = typed(Object.fromEntries(url.searchParams));
  if (body.length === 0) return { params: query, files: new Map() };
  if (type.startsWith('multipart/form-data')) {
    const { values, files } = parseMultipart(body, type);
    return { params: { ...query, ...typed(values) }, files };
  }
  if (type.startsWith('application/x-www-form-urlencoded')) {
    return { params: { ...query, ...typed(Object.fromEntries(new URLSearchParams(body.toString()))) }, files: new Map() };
  }
  if (!type.startsWith('application/json')) mistake(`can't read a body of type "${type}"`);
  try {
    return { params: { ...query, ...(JSON.parse(body.toString()) as Record<string, unknown>) }, files: new Map() };
  } catch {
    return mistake("can't parse JSON object");
  }
}
