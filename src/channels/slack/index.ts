import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Channel, ChannelTools } from '../../chat/channel.ts';
import { channelName, createAttendant } from './attend.ts';
import { createFetchFile } from './files.ts';
import { pace } from './limits.ts';
import { createPeople } from './people.ts';
import { createPictures } from './pictures.ts';
import { createPost } from './post.ts';
import { createReplier } from './reply.ts';
import { boltLogger } from './secrets.ts';
import { createSender } from './send.ts';
import { startListening } from './start.ts';

export type SlackOptions = {
  /** `xoxb-…` */
  botToken: string;
  /** `xapp-…`: Socket Mode. Without it Slack calls us, and `signingSecret` is needed. */
  appToken?: string;
  signingSecret?: string;
  /** Another address of the Web API, for tests; ends in `/api/`. */
  apiUrl?: string;
  /** The name of the slash command, with its slash. */
  commandName?: string;
  /** A folder on the local disk where events wait while the database is away. */
  spoolDir: string;
  tools: ChannelTools;
  now?(): number;
};

const timeoutMs = 10_000;

/**
 * Slack as a messenger: a slash command, plain words and buttons in the app's direct chat, its home, and modals for forms.
 * @throws RangeError when listening is asked for with neither an app token nor a signing secret
 */
export function createSlack(options: SlackOptions): Channel {
  const { botToken, appToken, signingSecret, apiUrl, tools, spoolDir, commandName = '/regulars', now = Date.now } = options;
  // Every error is ours to judge: the library's own retries would send twice, and its waiting would hide a rate limit.
  const clientOptions: WebClientOptions = {
    timeout: timeoutMs,
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
    logger: boltLogger(tools.log),
    ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
  };
  const client = new WebClient(botToken, clientOptions);
  const people = createPeople(client, now);
  const post = createPost(client, createPictures(client, tools), timeoutMs);
  const appName = tools.introductions.find(({ language }) => language === 'en')?.name ?? 'Regulars';
  const fetchFile = createFetchFile(botToken, apiUrl);
  const reply = createReplier(post, { appName, log: tools.log, now });

  return {
    name: channelName,
    pace,
    send: createSender(post, people),
    async listen(hub) {
      if (appToken === undefined && !signingSecret)
        throw new RangeError('Slack needs an app token (Socket Mode) or a signing secret (HTTP)');
      const { attend, deactivated } = createAttendant({ hub, people, fetchFile, reply, log: tools.log });
      const settings = { client, clientOptions, botToken, appToken, signingSecret, commandName, spoolDir, tools, now };
      return startListening(settings, { happened: attend, deactivated });
    },
  };
}
