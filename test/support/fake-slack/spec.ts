import { readFileSync } from 'node:fs';

/** Type and whether it is required, by argument, by method. */
type Spec = Record<string, Record<string, readonly [type: string, required: boolean]>>;

const published: Spec = JSON.parse(readFileSync(new URL('../../fixtures/slack-web-api.json', import.meta.url), 'utf8'));

const optional = (type: string) => [type, false] as const;
const required = (type: string) => [type, true] as const;

/** What came after the published specification, each with the page that describes it. */
const newer: Spec = {
  // https://docs.slack.dev/reference/methods/auth.test
  'auth.test': {},
  // https://docs.slack.dev/reference/methods/apps.connections.open
  'apps.connections.open': {},
  // https://docs.slack.dev/reference/methods/chat.postMessage
  'chat.postMessage': {
    metadata: optional('json'),
    markdown_text: optional('string'),
    blocks: optional('json'),
    attachments: optional('json'),
  },
  // https://docs.slack.dev/reference/methods/chat.postEphemeral
  'chat.postEphemeral': { markdown_text: optional('string'), blocks: optional('json'), attachments: optional('json') },
  // https://docs.slack.dev/reference/methods/chat.update
  'chat.update': {
    metadata: optional('json'),
    markdown_text: optional('string'),
    blocks: optional('json'),
    file_ids: optional('json'),
    reply_broadcast: optional('boolean'),
  },
  // https://docs.slack.dev/reference/methods/chat.delete: both are needed, and a ts is a text
  'chat.delete': { channel: required('string'), ts: required('string') },
  // https://docs.slack.dev/reference/methods/conversations.open
  'conversations.open': { prevent_creation: optional('boolean') },
  // https://docs.slack.dev/reference/methods/users.info
  'users.info': { user: required('string') },
  // https://docs.slack.dev/reference/methods/views.open
  'views.open': { view: required('json') },
  'views.push': { view: required('json') },
  // https://docs.slack.dev/reference/methods/views.update
  'views.update': { view: required('json') },
  // https://docs.slack.dev/reference/methods/views.publish
  'views.publish': { view: required('json') },
  // https://docs.slack.dev/reference/methods/files.getUploadURLExternal
  'files.getUploadURLExternal': {
    filename: required('string'),
    length: required('integer'),
    alt_text: optional('string'),
    snippet_type: optional('string'),
  },
  // https://docs.slack.dev/reference/methods/files.completeUploadExternal
  'files.completeUploadExternal': {
    files: required('json'),
    channel_id: optional('string'),
    channels: optional('string'),
    initial_comment: optional('string'),
    thread_ts: optional('string'),
    blocks: optional('json'),
    highlight_type: optional('string'),
  },
};

/** The longest values, where a page names them. */
const longest: Record<string, number> = {
  // https://docs.slack.dev/changelog/2018-truncating-really-long-messages
  text: 40_000,
  // https://docs.slack.dev/reference/methods/files.getUploadURLExternal
  alt_text: 1000,
};

export type Arguments = Record<string, unknown>;

/** The arguments of a call with their types, or what is wrong with them; undefined for a method that does not exist. */
export function readArguments(
  method: string,
  given: Record<string, unknown>,
): { args: Arguments } | { errors: string[] } | undefined {
  if (!(method in published) && !(method in newer)) return undefined;
  const known = { ...published[method], ...newer[method] };
  const args: Arguments = {};
  const errors: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (name === 'token') continue;
    const type = known[name]?.[0];
    const read = type === undefined ? undefined : typed(type, value);
    if (type === undefined) errors.push(`no such argument: ${name}`);
    else if (read === undefined) errors.push(`must be a ${type} [json-pointer:/${name}]`);
    else if (typeof read === 'string' && read.length > (longest[name] ?? Number.POSITIVE_INFINITY))
      errors.push(`too long [json-pointer:/${name}]`);
    else args[name] = read;
  }
  for (const [name, [, isRequired]] of Object.entries(known)) {
    if (isRequired && name !== 'token' && !(name in given)) errors.push(`missing required field: ${name}`);
  }
  return errors.length > 0 ? { errors } : { args };
}

/** A value as its type: forms carry everything as text. */
function typed(type: string, value: unknown): unknown {
  if (type === 'json') return typeof value === 'string' ? parsed(value) : value;
  if (type === 'boolean')
    return value === true || value === 'true' || value === '1'
      ? true
      : value === false || value === 'false' || value === '0'
        ? false
        : undefined;
  if (type === 'integer' || type === 'number')
    return /^-?\d+(\.\d+)?$/.test(String(value)) && (type === 'number' || Number.isInteger(Number(value)))
      ? Number(value)
      : undefined;
  return typeof value === 'string' ? value : undefined;
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
