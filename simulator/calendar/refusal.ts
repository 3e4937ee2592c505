/** A request the calendar turns down: the HTTP status, the kind of error and why. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** What cannot be booked, moved or cancelled as asked. */
export const notBookable = (message: string): Refusal => new Refusal(400, 'BadRequestException', message);

/** What is not there. */
export const notFound = (message: string): Refusal => new Refusal(404, 'NotFoundException', message);
