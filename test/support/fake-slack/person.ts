import { checkView } from './blocks.ts';
import type { Delivery } from './delivery.ts';
import { fieldsOf, type SeenField, stateOf } from './modal-form.ts';
import { createPayloads, encoded } from './payloads.ts';
import { type Readable, readable, readableText, type SeenButton } from './readable.ts';
import type { Json } from './rules.ts';
import type { Message, StoredView, User, Workspace } from './workspace.ts';

/** A message as somebody sees it now. */
export type SeenMessage = Omit<Readable, 'fileId'> & {
  ts: string;
  channel: string;
  mine: boolean;
  ephemeral: boolean;
  edited: number;
  image?: Uint8Array;
  file?: { name: string; bytes: Uint8Array };
};
export type SeenView = Readable & {
  title: string;
  submit?: string;
  close?: string;
  fields: SeenField[];
  errors: Record<string, string>;
};

export type Person = ReturnType<typeof createPerson>;

/** Somebody with a Slack client. Everything they do resolves when the app has acknowledged it, and rejects when Slack shows them an error. */
export function createPerson(user: User, workspace: Workspace, delivery: Delivery) {
  const payloads = createPayloads(workspace);
  const direct = () => workspace.direct(user.id);
  const topModal = (): StoredView | undefined => workspace.modals.get(user.id)?.at(-1);

  function messages(channel?: string): Message[] {
    const isVisible = (message: Message) =>
      (message.onlyFor === undefined || message.onlyFor === user.id) &&
      (channel ? message.channel === channel : workspace.conversations.get(message.channel)?.members.has(user.id));
    return workspace.messages.filter(isVisible);
  }

  function seen(message: Message): SeenMessage {
    const { fileId, ...read } =
      message.blocks.length > 0 ? readable(message.blocks) : { fileId: undefined, ...readableText(message.text) };
    const image = fileId ? workspace.files.get(fileId)?.bytes : undefined;
    const file = message.file ? workspace.files.get(message.file) : undefined;
    return {
      ...read,
      ts: message.ts,
      channel: message.channel,
      mine: message.from === user.id,
      ephemeral: message.onlyFor !== undefined,
      edited: message.edited,
      ...(image ? { image } : {}),
      ...(file ? { file: { name: file.name, bytes: file.bytes } } : {}),
    };
  }

  const interactive = (payload: Json) => delivery.tell({ kind: 'interactive', payload });

  /** Presses a button: of the newest message that has one with this label, of the home, or of the open modal. */
  async function presses(on: 'message' | 'home' | 'modal' | SeenMessage, label: string): Promise<void> {
    const found = findButton(on, label);
    if (!found) throw new Error(`${user.realName} sees no button "${label}"`);
    await interactive(payloads.press(user, found.button, found.on));
  }

  function findButton(
    on: 'message' | 'home' | 'modal' | SeenMessage,
    label: string,
  ): { button: SeenButton; on: { message: Message } | { view: StoredView } } | undefined {
    const views = on === 'home' ? [workspace.homes.get(user.id)] : on === 'modal' ? [topModal()] : [];
    for (const view of views) {
      const button = view && readable(view.view['blocks'] as Json[]).buttons.find((one) => one.label === label);
      if (view && button) return { button, on: { view } };
    }
    const candidates =
      typeof on === 'object' ? messages().filter(({ ts }) => ts === on.ts) : on === 'message' ? messages().reverse() : [];
    for (const message of candidates) {
      const button = readable(message.blocks).buttons.find((one) => one.label === label);
      if (button) return { button, on: { message } };
    }
    return undefined;
  }

  /** Fills in the open modal and sends it; choices by their label. Slack itself insists on what must be filled in. */
  async function submits(values: Record<string, string> = {}): Promise<void> {
    const view = topModal();
    if (!view || view.view['submit'] === undefined) throw new Error(`${user.realName} has no modal to send`);
    view.errors = {};
    const answer = await interactive(payloads.submission(user, view, stateOf(view.view, values)));
    followed(view, answer);
  }

  function followed(view: StoredView, answer: Json | undefined): void {
    const stack = workspace.modals.get(user.id) ?? [];
    if (!answer)
      return void workspace.modals.set(
        user.id,
        stack.filter((one) => one !== view),
      );
    const { response_action: action, view: next, errors } = answer;
    if (action === 'clear') return void workspace.modals.set(user.id, []);
    if (action === 'errors') {
      const inputs = fieldsOf(view.view).map(({ name }) => name);
      const named = Object.keys((errors ?? {}) as Json);
      if (named.length === 0 || named.some((name) => !inputs.includes(name)))
        throw new Error('Slack shows: We had some trouble connecting. Try again?');
      view.errors = errors as Record<string, string>;
      return;
    }
    const problems = checkView(next, 'modal', workspace.fileState);
    if ((action !== 'update' && action !== 'push') || problems.length > 0)
      throw new Error(`Slack shows: We had some trouble connecting. Try again? (${problems.join(', ')})`);
    if (action === 'push') workspace.modals.set(user.id, [...stack, workspace.newView(user.id, next as Json)]);
    else Object.assign(view, workspace.newView(user.id, next as Json, view.id));
  }

  async function closesModal(): Promise<void> {
    const view = topModal();
    if (!view) throw new Error(`${user.realName} has no modal to close`);
    workspace.modals.set(
      user.id,
      (workspace.modals.get(user.id) ?? []).filter((one) => one !== view),
    );
    if (view.view['notify_on_close'] === true) await interactive(payloads.closed(user, view));
  }

  return {
    ...user,
    get chat(): string {
      return direct().id;
    },
    async says(text: string): Promise<void> {
      const message = workspace.addMessage({ channel: direct().id, from: user.id, text: encoded(text), blocks: [] });
      await delivery.tell({ kind: 'events_api', payload: payloads.event(payloads.typed(user, message)) });
    },
    /** Sends a file into the direct chat. */
    async shares({ name, bytes }: { name: string; bytes: Uint8Array }, text = ''): Promise<void> {
      const file = workspace.addFile(name, '');
      file.bytes = bytes;
      workspace.completeFile(file);
      const message = workspace.addMessage({
        channel: direct().id,
        from: user.id,
        text: encoded(text),
        blocks: [],
        file: file.id,
      });
      await delivery.tell({ kind: 'events_api', payload: payloads.event(payloads.shared(user, message, file)) });
    },
    async commands(command: string, text: string, { channel = direct().id }: { channel?: string } = {}): Promise<void> {
      const { id, name } = workspace.conversations.get(channel) ?? direct();
      const answer = await delivery.tell({
        kind: 'slash_commands',
        payload: payloads.command(user, command, text, { id, name }),
      });
      if (answer) throw new Error('the app answered the request itself, beside its reply');
    },
    presses,
    submits,
    closesModal,
    uses: async (shortcut: string): Promise<void> => void (await interactive(payloads.shortcut(user, shortcut))),
    async opensHome(): Promise<void> {
      const event = { type: 'app_home_opened', user: user.id, channel: direct().id, tab: 'home', event_ts: workspace.newTs() };
      await delivery.tell({ kind: 'events_api', payload: payloads.event(event) });
    },
    /** What stands in their direct chat, or in a channel, oldest first, without what they said themselves. */
    sees: (channel?: string): SeenMessage[] =>
      messages(channel ?? direct().id)
        .map(seen)
        .filter(({ mine }) => !mine),
    seesHome: (): Readable | undefined => viewed(workspace.homes.get(user.id)),
    seesModal(): SeenView | undefined {
      const view = topModal();
      const read = viewed(view);
      if (!view || !read) return undefined;
      const { title, submit, close } = view.view as Record<string, { text: string } | undefined>;
      return {
        ...read,
        title: title?.text ?? '',
        fields: fieldsOf(view.view),
        errors: view.errors,
        ...(submit ? { submit: submit.text } : {}),
        ...(close ? { close: close.text } : {}),
      };
    },
  };
}

const viewed = (view: StoredView | undefined): Readable | undefined => view && readable(view.view['blocks'] as Json[]);
