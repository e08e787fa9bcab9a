import type { types } from '@slack/bolt';
import { WebAPIPlatformError, WebAPIRequestError, type WebClient } from '@slack/web-api';
import { NotSent } from '../../chat/channel.ts';
import type { MessageRef } from '../../chat/inbound.ts';
import type { View } from '../../chat/view.ts';
import { classify, slackError } from './errors.ts';
import { renderHome } from './modal.ts';
import type { Pictures } from './pictures.ts';
import { type Painted, renderMessage } from './render.ts';

export type Post = ReturnType<typeof createPost>;

/** A message can't be changed any more; it is said anew instead. */
const cannotChange = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed', 'is_inactive']);

/**
 * The calls by which something is shown, each with its picture. All throw Unreachable, SlowDown or NotSent when it has certainly not
 * arrived, and any other error when nobody knows.
 */
export function createPost(client: WebClient, pictures: Pictures, timeoutMs: number) {
  const painted = async <Result>(view: View, show: (painted: Painted) => Promise<Result>): Promise<Result> => {
    try {
      return await pictures.paint(view, show);
    } catch (error) {
      throw classify(error);
    }
  };

  async function message(chat: string, view: View): Promise<MessageRef> {
    if (view.file) return withFile(chat, view, view.file);
    return painted(view, async (picture) => {
      const sent = await client.chat.postMessage({
        channel: chat,
        ...renderMessage(view, picture),
        mrkdwn: false,
        unfurl_links: false,
        unfurl_media: false,
      });
      return { chat: sent.channel ?? chat, id: sent.ts ?? '' };
    });
  }

  /** A file carries plain words with it; buttons and pictures stand in a message of their own above it. */
  async function withFile(chat: string, { file: _, ...rest }: View, file: NonNullable<View['file']>): Promise<MessageRef> {
    const wordsOnly = !rest.image && !rest.buttons?.flat().length;
    const bare = !rest.title && !rest.body && !rest.facts && !rest.footer;
    const above = wordsOnly ? undefined : await message(chat, rest);
    const comment = wordsOnly && !bare ? { initial_comment: renderMessage(rest).text } : {};
    const upload = { channel_id: chat, file: Buffer.from(file.bytes), filename: file.name, title: file.name, ...comment };
    const shared = await client.filesUploadV2(upload).catch((error: unknown) => {
      throw classify(error);
    });
    return above ?? { chat, id: shared.files[0]?.files?.[0]?.id ?? '' };
  }

  /** In place of an earlier message, or anew when that one is gone. */
  async function change(ref: MessageRef, view: View): Promise<MessageRef> {
    const { file, ...rest } = view;
    // What we name otherwise than Slack names messages is a file, a modal or a home.
    if (!/^\d+\.\d+$/.test(ref.id)) return message(ref.chat, view);
    const changed = await painted(rest, async (picture) => {
      try {
        await client.chat.update({ channel: ref.chat, ts: ref.id, ...renderMessage(rest, picture) });
        return true;
      } catch (error) {
        if (cannotChange.has(slackError(error) ?? '')) return false;
        throw error;
      }
    });
    if (!changed) return message(ref.chat, view);
    if (file) await message(ref.chat, { file });
    return ref;
  }

  return {
    message,
    change,

    /** Only for one person's eyes, in a channel that the app is a member of. */
    ephemeral: (channel: string, user: string, view: View): Promise<MessageRef> =>
      painted(view, async (picture) => {
        const sent = await client.chat.postEphemeral({ channel, user, ...renderMessage(view, picture) });
        return { chat: channel, id: sent.message_ts ?? '' };
      }),

    /** Only for one person's eyes, by the address that came with what they did. `instead`: in place of what they pressed. */
    respond: (url: string, view: View, instead: boolean): Promise<void> =>
      painted(view, (picture) =>
        respond(url, { response_type: 'ephemeral', replace_original: instead, ...renderMessage(view, picture) }, timeoutMs),
      ),

    home: (user: string, view: View): Promise<MessageRef> =>
      painted(view, async (picture) => {
        const home = renderHome(view, picture);
        // A menu alone is for messengers that have one; it must not empty the home.
        if (home.blocks.length === 0) return { chat: user, id: 'home' };
        const { view: shown } = await client.views.publish({ user_id: user, view: home });
        return { chat: user, id: shown?.id ?? 'home' };
      }),

    openModal: (triggerId: string, view: View, render: (picture: Painted) => types.ModalView): Promise<unknown> =>
      painted(view, (picture) => client.views.open({ trigger_id: triggerId, view: render(picture) })),

    changeModal: (viewId: string, view: View, render: (picture: Painted) => types.ModalView): Promise<unknown> =>
      painted(view, (picture) => client.views.update({ view_id: viewId, view: render(picture) })),
  };
}

async function respond(url: string, body: object, timeoutMs: number): Promise<void> {
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  };
  const response = await fetch(url, request).catch((error: unknown) => {
    throw new WebAPIRequestError(error instanceof Error ? error : new Error(String(error)));
  });
  const text = await response.text();
  const error = /"error"\s*:\s*"([a-z_]+)"/.exec(text)?.[1];
  if (error) throw new WebAPIPlatformError({ ok: false, error });
  if (!response.ok)
    throw response.status < 500
      ? new NotSent(`the response address answered ${response.status}`, false)
      : new Error(`the response address answered ${response.status}`);
}
