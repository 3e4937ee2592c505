import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { longestAttemptMs } from '../../activities/notifications/smtp.ts';
import { newFile, noon, openBooks } from '../store/sample-books.ts';
import { openMailServer } from './mail-server.ts';
import { actionNeeded, messages, sendAll, sender, tell } from './post-office.ts';

const program = fileURLToPath(new URL('./sender-process.ts', import.meta.url));
const children = new Set<ChildProcess>();

afterEach(async () => {
  for (const child of children) await ended(child, 'SIGKILL');
});

function startSender(file: string, url: string): ChildProcess {
  const args = ['--import', 'tsx', program, file, url, String(noon)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  children.add(child);
  return child;
}

async function ended(child: ChildProcess, signal?: NodeJS.Signals): Promise<number | null> {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exit = once(child, 'exit');
  if (signal !== undefined) child.kill(signal);
  const [code] = (await exit) as [number | null];
  return code;
}

describe('several processes that send', () => {
  it('tell nobody twice when they find the same messages due', async () => {
    const [file, server] = [newFile(), await openMailServer()];
    const store = openBooks(file);
    await tell(
      store,
      Array.from({ length: 60 }, (_, n) => ({ ...actionNeeded, at: noon + n })),
    );
    const senders = [startSender(file, server.url), startSender(file, server.url)];
    expect(await Promise.all(senders.map((child) => ended(child)))).toEqual([0, 0]);
    expect(server.mails).toHaveLength(60);
    expect(new Set(server.mails.map(({ messageId }) => messageId)).size).toBe(60);
    expect((await messages(store)).every(({ sentAt, attempts }) => sentAt === noon && attempts === 1)).toBe(
      true,
    );
  });

  it('send again what one of them had in hand when it was killed, recognisable as the same mail', async () => {
    const [file, silent] = [newFile(), await openMailServer({ isSilent: true })];
    const store = openBooks(file);
    await tell(store, [actionNeeded]);
    const first = startSender(file, silent.url);
    await vi.waitUntil(() => silent.mails.length === 1, { timeout: 90_000, interval: 10 });
    await ended(first, 'SIGKILL');

    const server = await openMailServer();
    const ports = sender(store, server.url);
    expect(await sendAll(ports)).toBe(0);
    ports.clock.forward(2 * longestAttemptMs);
    expect(await sendAll(ports)).toBe(1);
    expect(await sendAll(ports)).toBe(0);
    const [id] = (await messages(store)).map((message) => message.id);
    expect(server.mails.map(({ messageId }) => messageId)).toEqual([`<${id}@pay.example.org>`]);
    expect(silent.mails.map(({ messageId }) => messageId)).toEqual([`<${id}@pay.example.org>`]);
  });
});
