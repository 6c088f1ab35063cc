// The live answer to a rule: asked for once the hand rests, and only the newest question is listened to.

const REST = 350;

export class Preview {
  /** `url` answers rules; `show` is called with {state: "idle" | "asking" | "known" | "refused" | "failed", …}. */
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

  async fetch() {
    const asked = new AbortController();
    this.asked = asked;
    // The server gives up what it was asked before under this name.
    const about = new URLSearchParams({ asker: this.asker, turn: ++this.turn });
    if (this.tags.length) about.set("tags", this.tags.join(","));
    try {
      const answer = await fetch(`${this.url}?${about}`, {
        method: "POST", body: JSON.stringify(this.rule), signal: asked.signal,
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() },
      });
      const json = await answer.json();
      if (answer.ok) this.show({ state: "known", ...json });
      else this.show({ state: answer.status === 400 ? "refused" : "failed", problems: json.errors ?? [] });
    } catch (error) {
      if (error.name !== "AbortError") this.show({ state: "failed", problems: [] });
    }
  }
}

export function csrfToken() {
  return JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
}
