// activities/notifications/: what people are told and how it reaches them. Words are made of an agreement's row when a
// message is sent; they name no person, so that what is kept of a message is no address book.

/** One message on its way to one person. The id is the outbox's and the same on every attempt. */
export interface Mail {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Somebody who takes mail. Resolves when it is accepted; rejects where it was not, or nobody can tell. */
export interface Mailer {
  send(mail: Mail): Promise<void>;
}

/** A definite no to this message or its recipient: sending it again would be answered the same. */
export class MailRefused extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'MailRefused';
  }
}

/** No yes and no final no: the mail may be sent again later. */
export class MailNotTaken extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'MailNotTaken';
  }
}
