// The live answer to a rule: asked for once the hand rests, and only the newest question is listened to.

const REST = 350;

export class Preview {
  /** `url` answers rules; `show` is called with {state: "idle" | "asking" | "estimated" | "known" | "refused" | "failed", …}. */
  constructor(url, show) {
    Object.assign(this, { url, show, timer: 0, asked: null, text: "", rule: null, tags: [], turn: 0 });
    this.asker = crypto.getRandomValues(new Uint32Array(2)).join("-");
  }

  ask(rule) {
    const text = JSON.stringify([rule, this.tags]);
    if (text === this.text) return;
    Object.assign(this, { text, rule });
    clearTimeout(this.timer);
    this.asked?.abort();
    if (!rule) {
      this.show({ state: "idle" });
      return;
    }
    this.show({ state: "asking" });
    this.timer = setTimeout(() => this.fetch(), REST);
  }

  again() {
    this.text = "";
    this.ask(this.rule);
  }

  /** The customers are broken down by these tags as well. */
  breakDown(tags) {
    this.tags = tags;
    this.ask(this.rule);
  }

  /** Asked quickly first: where counting takes long, an estimate is shown until the count is there. */
  async fetch() {
    const asked = new AbortController();
    this.asked = asked;
    try {
      const first = await this.post(asked, { quick: "true" });
      this.show(first);
      if (first.state === "estimated") this.show(await this.post(asked, {}));
    } catch (error) {
      if (error.name !== "AbortError") this.show({ state: "failed", problems: [] });
    }
  }

  async post(asked, how) {
    // The server gives up what it was asked before under this name.
    const about = new URLSearchParams({ asker: this.asker, turn: ++this.turn, ...how });
    if (this.tags.length) about.set("tags", this.tags.join(","));
    const answer = await fetch(`${this.url}?${about}`, {
      method: "POST", body: JSON.stringify(this.rule), signal: asked.signal,
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
    });
    const json = await answer.json();
    if (answer.ok) return { state: json.estimate ? "estimated" : "known", ...json };
    return { state: answer.status === 400 ? "refused" : "failed", problems: json.errors ?? [] };
  }
}

export function csrfToken() {
  return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
}
