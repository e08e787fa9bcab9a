import { boolean, both, list, must, object, oneOf, type Rule, string, typed } from './rules.ts';

/** How a file stands: shown in blocks only when it is ready. */
export type FileState = 'missing' | 'processing' | 'ready';
export type Surface = 'message' | 'modal' | 'home';
type Files = (id: string) => FileState;

const any: Rule = () => [];
const type = { type: any };

/** https://docs.slack.dev/reference/block-kit/composition-objects/text-object */
const plain = (max: number): Rule => typed({ plain_text: object({ ...type, text: string(max), 'emoji?': boolean }) });
const text = (max: number): Rule =>
  typed({
    plain_text: object({ ...type, text: string(max), 'emoji?': boolean }),
    mrkdwn: object({ ...type, text: string(max), 'verbatim?': boolean }),
  });

/** https://docs.slack.dev/reference/block-kit/block-elements/button-element */
const button = typed({
  button: object({
    ...type,
    action_id: string(255),
    text: plain(75),
    'value?': string(2000),
    'url?': string(3000),
    'style?': oneOf('primary', 'danger'),
    'accessibility_label?': string(75),
  }),
});

/** https://docs.slack.dev/reference/block-kit/blocks/input-block */
const input = typed({
  plain_text_input: object({
    ...type,
    action_id: string(255),
    'initial_value?': string(3000),
    'multiline?': boolean,
    'placeholder?': plain(150),
    'focus_on_load?': boolean,
  }),
  static_select: object({
    ...type,
    action_id: string(255),
    options: list(object({ text: plain(75), value: string(75), 'description?': plain(75) }), { min: 1, max: 100 }),
    'placeholder?': plain(150),
    'focus_on_load?': boolean,
  }),
});

/** Only the blocks that the channel has a use for are known; all others are refused as unsupported. */
function blockRules(surface: Surface, files: Files): Rule {
  const common = { ...type, 'block_id?': string(255) };
  const isReady: Rule = must('invalid slack file', ({ id }) => typeof id !== 'string' || files(id) === 'ready');
  const inputBlock = object({ ...common, label: plain(2000), element: input, 'hint?': plain(2000), 'optional?': boolean });
  return typed({
    header: object({ ...common, text: plain(150) }),
    divider: object(common),
    section: both(
      object({ ...common, 'text?': text(3000), 'fields?': list(text(2000), { min: 1, max: 10 }) }),
      must('text or fields are required', (block) => block['text'] !== undefined || block['fields'] !== undefined),
    ),
    context: object({ ...common, elements: list(text(3000), { min: 1, max: 10 }) }),
    image: object({
      ...common,
      alt_text: string(2000),
      slack_file: both(object({ id: string(255, { pattern: /^[F][A-Z0-9]{8,}$/ }) }), isReady),
      'title?': plain(2000),
    }),
    actions: object({ ...common, elements: list(button, { min: 1, max: 25, unique: 'action_id' }) }),
    ...(surface === 'message' ? {} : { input: inputBlock }),
  });
}

/**
 * What Slack would refuse in blocks.
 * Source: https://docs.slack.dev/reference/block-kit
 */
export function checkBlocks(blocks: unknown, surface: Surface, files: Files, at = '/blocks'): string[] {
  return list(blockRules(surface, files), { max: surface === 'message' ? 50 : 100, unique: 'block_id' })(blocks, at);
}

/**
 * What Slack would refuse in a view.
 * Source: https://docs.slack.dev/reference/views
 */
export function checkView(view: unknown, kind: 'modal' | 'home', files: Files): string[] {
  const common = {
    type: oneOf(kind),
    blocks: (blocks: unknown, at: string) => checkBlocks(blocks, kind, files, at),
    'private_metadata?': string(3000, { min: 0 }),
    'callback_id?': string(255, { min: 0 }),
    'external_id?': string(255, { min: 0 }),
  };
  if (kind === 'home') return object(common)(view, '/view');
  const hasInputs = (blocks: unknown) => Array.isArray(blocks) && blocks.some((block) => Object(block).type === 'input');
  const modal = object({
    ...common,
    title: plain(24),
    'submit?': plain(24),
    'close?': plain(24),
    'clear_on_close?': boolean,
    'notify_on_close?': boolean,
  });
  return both(
    modal,
    must('submit is required with input blocks', ({ blocks, submit }) => submit !== undefined || !hasInputs(blocks)),
  )(view, '/view');
}
