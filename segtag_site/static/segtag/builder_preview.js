// The live answer to a rule: asked for once the hand rests, and only the newest question is listened to.

const REST = 350;

export class Preview {
  /** `url` answers rules; `show` is called with {state: "idle" | "asking" | "known" | "refused" | "failed", …}. */
  constructor(url, show) {
    Object.assign(this, { url, show, timer: 0, asked: null, text: "" });
  }

  ask(rule) {
    const text = JSON.stringify(rule);
    if (text === this.text) return;
    this.text = text;
    clearTimeout(this.timer);
    this.asked?.abort();
    if (!rule) {
      this.show({ state: "idle" });
      return;
    }
    this.show({ state: "asking" });
    this.timer = setTimeout(() => this.fetch(text), REST);
  }

  again() {
    const text = this.text;
    this.text = "";
    this.ask(JSON.parse(text));
  }

  async fetch(text) {
    const asked = new AbortController();
    this.asked = asked;
    try {
      const answer = await fetch(this.url, {
        method: "POST", body: text, signal: asked.signal,
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
