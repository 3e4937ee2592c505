// test/notifications/: what people are told, proven against a real SMTP server. What is here only arranges.

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerDataStream } from 'smtp-server';
import { onTestFinished } from 'vitest';

/** One mail as the server took it. */
export interface Received {
  readonly messageId: string;
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** How a server behaves. */
export interface MailServerOptions {
  readonly port?: number;
  /** The code with which it answers a recipient; none: it takes the mail. */
  readonly refuse?: (address: string) => number | undefined;
  /** Takes the whole mail and then says nothing. */
  readonly isSilent?: boolean;
  /** How long it thinks about a mail it takes. */
  readonly answerAfterMs?: number;
}

/** A mail server on this machine. */
export interface MailServer {
  readonly url: string;
  readonly port: number;
  /** Every mail that arrived whole, oldest first. */
  readonly mails: readonly Received[];
  /** Every recipient that was named, taken or not. */
  readonly attempted: readonly string[];
  close(): Promise<void>;
}

/** A mail server on this machine that keeps what it is given; closed after the test. */
export async function openMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const { port = 0, refuse, isSilent = false, answerAfterMs = 0 } = options;
  const mails: Received[] = [];
  const attempted: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    // A mail that waits for its answer is cut off at once when the test ends.
    closeTimeout: 1,
    onRcptTo({ address }, _session, answer) {
      attempted.push(address);
      const responseCode = refuse?.(address);
      if (responseCode === undefined) answer();
      else answer(Object.assign(new Error(`no mailbox for ${address}`), { responseCode }));
    },
    onData(stream, session, answer) {
      read(stream, session.envelope.rcptTo.map(({ address }) => address).join()).then(
        (mail) => {
          mails.push(mail);
          if (!isSilent) setTimeout(() => answer(), answerAfterMs);
        },
        (error: Error) => answer(error),
      );
    },
  });
  const listening = smtp.listen(port, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address() as AddressInfo;
  const server = {
    mails,
    attempted,
    port: address.port,
    url: `smtp://127.0.0.1:${address.port}`,
    close: () => new Promise<void>((resolve) => smtp.close(() => resolve())),
  };
  onTestFinished(() => server.close());
  return server;
}

async function read(stream: SMTPServerDataStream, to: string): Promise<Received> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  const {
    messageId = '',
    from,
    subject = '',
    text = '',
    headers,
  } = await PostalMime.parse(Buffer.concat(parts));
  const named = Object.fromEntries(headers.map(({ key, value }) => [key, value]));
  return { messageId, to, from: from?.address ?? '', subject, text, headers: named };
}
