import { Refusal } from '../program/refusal.ts';

/** What errors of pg, of Prisma and of the network have in common, as far as it matters here. */
type Loose = {
  code?: unknown;
  message?: unknown;
  detail?: unknown;
  cause?: unknown;
  errors?: unknown;
  name?: unknown;
  kind?: unknown;
  originalCode?: unknown;
  originalMessage?: unknown;
  meta?: unknown;
};

// Errors arrive wrapped: Prisma's around the adapter's around the driver's, Node's around one per address it tried.
function* layersOf(error: unknown, depth = 0): Generator<Loose> {
  if (typeof error !== 'object' || error === null || depth > 6) return;
  const layer = error as Loose;
  yield layer;
  const meta = layer.meta as { driverAdapterError?: unknown } | undefined;
  for (const inner of [layer.cause, meta?.driverAdapterError, ...(Array.isArray(layer.errors) ? layer.errors : [])]) {
    yield* layersOf(inner, depth + 1);
  }
}

const downCodes = new Set([
  // Network
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  // https://www.postgresql.org/docs/current/errcodes-appendix.html: connection exceptions, too many connections, shutdown,
  // crash, starting up, idle session ended, read-only (a standby before or after it took over)
  '08000',
  '08001',
  '08003',
  '08004',
  '08006',
  '53300',
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '25006',
  // https://www.prisma.io/docs/orm/reference/error-reference: unreachable, timed out, closed, no connection free
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2037',
]);
const downKinds = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections']);
const downWords =
  /timeout exceeded when trying to connect|connection terminated|connection timeout|query read timeout|not queryable|cannot use a pool after calling end|server closed the connection/i;

/**
 * Whether an error means that the database cannot be reached just now, rather than that it said no: the same call may work later,
 * and a messenger that is answered with 503 delivers its event again.
 */
export function isDatabaseDown(error: unknown): boolean {
  for (const { code, kind, originalCode, message } of layersOf(error)) {
    if (downCodes.has(String(code)) || downCodes.has(String(originalCode)) || downKinds.has(String(kind))) return true;
    if (typeof message === 'string' && downWords.test(message)) return true;
  }
  return false;
}

const paramsOf = (detail: unknown): Record<string, unknown> => {
  if (typeof detail !== 'string' || detail === '') return {};
  return JSON.parse(detail) as Record<string, unknown>;
};

/** The refusal that the database raised (SQLSTATE RG001: message = code, detail = parameters as JSON), however it is wrapped. */
export function refusalIn(error: unknown): Refusal | undefined {
  for (const layer of layersOf(error)) {
    if (layer.code === 'RG001' || layer.originalCode === 'RG001') {
      return new Refusal(String(layer.originalMessage ?? layer.message), paramsOf(layer.detail));
    }
  }
  return undefined;
}
