/** A request as it came, without a socket: header names in lower case, the path with its query. */
export interface SimRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** An answer; `dropped` tells the server to break the connection instead of sending it whole. */
export interface SimResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
  dropped?: 'before' | 'after' | 'body';
}

export const jsonResponse = (status: number, body: unknown): SimResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
