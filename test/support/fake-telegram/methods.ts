import type { Inbox } from './inbox.ts';
import { messageMethods } from './methods-messages.ts';
import type { createProfile } from './methods-profile.ts';
import { badRequest, mistake } from './refused.ts';
import { updateKinds } from './spec.ts';
import type { World } from './world.ts';

/** A call that was let in: its parameters fit the specification. */
export type Call = {
  method: string;
  params: Record<string, unknown>;
  files: Map<string, { name: string; bytes: Uint8Array }>;
  world: World;
  /** Aborted when the caller hangs up. */
  gone: AbortSignal;
};

export type Carry = (call: Call) => unknown;

/** Everything the fake can do, by method. */
export function createMethods(inbox: Inbox, profile: ReturnType<typeof createProfile>): Record<string, Carry> {
  return {
    ...messageMethods,
    ...profile.methods,
    getMe: ({ world }) => ({
      ...world.bot,
      can_join_groups: true,
      can_read_all_group_messages: false,
      supports_inline_queries: false,
      can_connect_to_business: false,
      has_main_web_app: false,
    }),
    getChat: ({ world, params }) => world.openRoom(params.chat_id).chat,
    getFile: ({ world, params }) => {
      const file = world.files.get(params.file_id as string);
      if (!file) badRequest('wrong file_id or the file is temporarily unavailable');
      if (file.bytes.length > 20_000_000) badRequest('file is too big');
      return {
        file_id: file.id,
        file_unique_id: file.id.slice(-12),
        file_size: file.bytes.length,
        file_path: `files/${file.id}`,
      };
    },
    getUpdates: ({ params, gone }) => {
      checkKinds(params.allowed_updates);
      return inbox.take(params, gone);
    },
    setWebhook: ({ params }) => {
      checkKinds(params.allowed_updates);
      const url = params.url as string;
      if (!/^https:\/\//.test(url) && !/^http:\/\/(127\.0\.0\.1|localhost)[:/]/.test(url))
        mistake('bad webhook: An HTTPS URL must be provided for webhook');
      const secret = params.secret_token as string | undefined;
      if (secret !== undefined && !/^[A-Za-z0-9_-]{1,256}$/.test(secret)) mistake('secret token contains unallowed characters');
      const most = (params.max_connections as number | undefined) ?? 40;
      if (most < 1 || most > 100) mistake('max_connections must be in 1..100');
      inbox.hook({
        url,
        secret,
        maxConnections: most,
        allowed: params.allowed_updates as string[] | undefined,
        drop: params.drop_pending_updates === true,
      });
      return true;
    },
    deleteWebhook: ({ params }) => {
      inbox.unhook(params.drop_pending_updates === true);
      return true;
    },
    getWebhookInfo: () => inbox.hookInfo(),
  };
}

function checkKinds(kinds: unknown): void {
  const unknown = (kinds as string[] | undefined)?.find((kind) => !updateKinds.includes(kind));
  if (unknown) mistake(`there are no updates of the kind "${unknown}"`);
}
