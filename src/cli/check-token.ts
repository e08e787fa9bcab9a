/** Asks Telegram who a token belongs to. Throws a sentence when it is nobody's or nobody answers; the token is never in it. */
export async function checkTelegram(token: string, apiRoot = 'https://api.telegram.org'): Promise<string> {
  const { Bot } = await import('grammy');
  try {
    const me = await new Bot(token, { client: { apiRoot, timeoutSeconds: 15 } }).api.getMe();
    return `This is @${me.username}: https://t.me/${me.username}`;
  } catch (error) {
    const known = typeof error === 'object' && error !== null && 'error_code' in error;
    throw new Error(
      known
        ? 'Telegram does not know this token. Copy it once more from @BotFather.'
        : 'Telegram does not answer. Check the connection and try again.',
    );
  }
}

/** Asks Slack which app and workspace a bot token belongs to. Throws a sentence like `checkTelegram`. */
export async function checkSlack(token: string, slackApiUrl?: string): Promise<string> {
  const { LogLevel, WebClient } = await import('@slack/web-api');
  // Whoever asks is told by the sentence; the library's own lines would stand in the middle of the questions.
  const quietly = { timeout: 15_000, retryConfig: { retries: 0 }, logLevel: LogLevel.ERROR };
  const client = new WebClient(token, { ...quietly, ...(slackApiUrl ? { slackApiUrl } : {}) });
  try {
    const found = await client.auth.test();
    return `This is ${found.user} in the workspace ${found.team}`;
  } catch (error) {
    const known = typeof error === 'object' && error !== null && 'data' in error;
    throw new Error(
      known
        ? 'Slack does not know this token. Copy it once more; it begins with xoxb-'
        : 'Slack does not answer. Check the connection and try again.',
    );
  }
}
