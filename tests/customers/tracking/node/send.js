// Sends what every client can say, and tells which errors the client saw: node send.js CLIENT HOST KEY USER [BYTES]
// USER also names the messages. With BYTES it sends 50 events of that size instead.
const [client, host, key, user, bytes] = process.argv.slice(2);
const errors = [];
const noted = (error) => error && errors.push(String(error));

// One message: which method, what it is given; the client's own message id is replaced, so that two can send the same.
const said = bytes ? large(Number(bytes)) : everything();

function large(size) {
  const text = "x".repeat(size);
  return Array.from({ length: 50 }, (_, n) => ["track", { userId: user, event: "Large", properties: { n, text } }]);
}

function everything() {
  const orders = Array.from({ length: 50 }, (_, total) => {
    return ["track", { userId: user, event: "Order Completed", properties: { total, store: "上海" } }];
  });
  return [
    ["identify", { userId: user, traits: { city: "上海", email: `${user}@example.com` } }],
    ...orders,
    ["page", { userId: user, name: "Home" }],
    ["screen", { userId: user, name: "Cart" }],
    ["group", { userId: user, groupId: "g1" }],
    ["alias", { previousId: `guest-of-${user}`, userId: user }],
  ];
}

function told(method, message, number) {
  return { ...message, messageId: `${user}-${method}-${number}` };
}

async function segment() {
  const { Analytics } = require("@segment/analytics-node");
  const analytics = new Analytics({ writeKey: key, host, flushAt: bytes ? 50 : 20, flushInterval: 50 });
  analytics.on("error", (error) => noted(error.reason || error.code));
  said.forEach(([method, message], number) => analytics[method](told(method, message, number), noted));
  await analytics.closeAndFlush({ timeout: 40000 });
}

// Both of the older kind call back once a message is sent or lost.
function calledBack(client) {
  const sent = said.map(([method, message], number) => {
    return new Promise((done) => {
      client[method](told(method, message, number), (error) => done(noted(error)));
    });
  });
  return Promise.all(sent);
}

function rudder() {
  const Analytics = require("@rudderstack/rudder-sdk-node");
  return calledBack(new Analytics(key, { dataPlaneUrl: host, flushInterval: 50, errorHandler: noted, logLevel: "none" }));
}

function old() {
  const Analytics = require("analytics-node");
  return calledBack(new Analytics(key, { host, flushInterval: 50, errorHandler: noted }));
}

({ segment, rudder, old })[client]().then(() => console.log(JSON.stringify(errors)));
