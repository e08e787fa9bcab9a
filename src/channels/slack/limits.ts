/** What Slack takes, each with the page that says so. Lengths are characters, times milliseconds. */
export const limits = {
  // https://docs.slack.dev/reference/block-kit/blocks/
  messageBlocks: 50,
  viewBlocks: 100,
  // https://docs.slack.dev/reference/block-kit/blocks/header-block
  header: 150,
  // https://docs.slack.dev/reference/block-kit/blocks/section-block
  sectionText: 3000,
  fieldText: 2000,
  fieldsPerSection: 10,
  // https://docs.slack.dev/reference/block-kit/blocks/context-block; its texts are text objects (3000)
  contextText: 3000,
  // https://docs.slack.dev/reference/block-kit/blocks/actions-block
  actionsElements: 25,
  // https://docs.slack.dev/reference/block-kit/block-elements/button-element
  buttonText: 75,
  buttonValue: 2000,
  buttonUrl: 3000,
  // https://docs.slack.dev/reference/block-kit/blocks/image-block
  altText: 2000,
  // https://docs.slack.dev/reference/block-kit/blocks/input-block
  inputLabel: 2000,
  inputHint: 2000,
  blockId: 255,
  // https://docs.slack.dev/reference/block-kit/composition-objects/option-object
  optionText: 75,
  optionValue: 75,
  // https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
  options: 100,
  // https://docs.slack.dev/reference/views/modal-views
  viewTitle: 24,
  viewSubmit: 24,
  viewClose: 24,
  privateMetadata: 3000,
  // https://docs.slack.dev/reference/methods/chat.postMessage advises 4,000 for `text`; it is only the notification here
  fallbackText: 3000,
  // Our own contract: the text of a button, in bytes, so that every messenger can carry it.
  doesBytes: 64,
  // https://docs.slack.dev/interactivity/handling-user-interaction: answer and use a trigger within three seconds; half a second is kept
  // back for the way.
  answerWithinMs: 2500,
  // https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
  responseUrlMs: 30 * 60_000,
} as const;

/**
 * https://docs.slack.dev/apis/web-api/rate-limits: one message a second per conversation, "several hundred" a minute for a workspace.
 * Every person is a conversation of their own, so the second one binds: 240 a minute.
 */
export const pace = { max: 4, perMs: 1000 } as const;
