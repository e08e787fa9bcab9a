import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** One end of a WebSocket that speaks in texts (RFC 6455, no extensions, no fragments). */
export type Line = { send(text: string): void; close(): void; cut(): void; readonly open: boolean };

const opcodes = { text: 1, close: 8, ping: 9, pong: 10 } as const;

/** Answers an upgrade request and listens. `heard` gets every text, `ended` is called once. */
export function acceptWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  on: { heard(text: string): void; ended(): void },
): Line {
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash('sha1').update(key).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  let buffered = Buffer.alloc(0);
  let open = true;

  function write(opcode: number, payload: Buffer): void {
    if (!socket.writable) return;
    const length =
      payload.length < 126
        ? Buffer.from([payload.length])
        : payload.length < 65_536
          ? Buffer.from([126, payload.length >> 8, payload.length & 255])
          : longLength(payload.length);
    socket.write(Buffer.concat([Buffer.from([0x80 | opcode]), length, payload]));
  }

  function end(): void {
    if (!open) return;
    open = false;
    on.ended();
  }

  socket.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    for (let frame = readFrame(buffered); frame; frame = readFrame(buffered)) {
      buffered = buffered.subarray(frame.bytes);
      if (frame.opcode === opcodes.text) on.heard(frame.payload.toString('utf8'));
      if (frame.opcode === opcodes.ping) write(opcodes.pong, frame.payload);
      if (frame.opcode === opcodes.close) {
        write(opcodes.close, frame.payload);
        socket.end();
        end();
      }
    }
  });
  // A client that is gone without a word: upgraded sockets stay half open unless they are ended here too.
  socket.on('end', () => {
    socket.end();
    end();
  });
  socket.on('close', end);
  socket.on('error', end);

  return {
    send: (text) => write(opcodes.text, Buffer.from(text)),
    close: () => write(opcodes.close, Buffer.from([0x03, 0xe8])),
    cut: () => void socket.destroy(),
    get open() {
      return open;
    },
  };
}

function longLength(length: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = 127;
  bytes.writeBigUInt64BE(BigInt(length), 1);
  return bytes;
}

function readFrame(data: Buffer): { opcode: number; payload: Buffer; bytes: number } | undefined {
  if (data.length < 2) return undefined;
  const short = (data[1] ?? 0) & 127;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  const start = 2 + extra + 4;
  if (data.length < start) return undefined;
  const length = short === 126 ? data.readUInt16BE(2) : short === 127 ? Number(data.readBigUInt64BE(2)) : short;
  if (data.length < start + length) return undefined;
  // Everything a client sends is masked.
  const mask = data.subarray(start - 4, start);
  const payload = Buffer.from(data.subarray(start, start + length).map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
  return { opcode: (data[0] ?? 0) & 15, payload, bytes: start + length };
}
