/*
 * origin-and-load PORT REQUEST BODY
 *
 * The service behind the proxies, and the load on them, in one loop: it answers every request on 127.0.0.1:PORT with BODY, and for each
 * line "PORT CONNECTIONS RATE SECONDS" of its input it sends REQUEST there at the times of a Poisson process of RATE per second,
 * whether earlier ones are answered or not. What came of it is a line of its output, a PacedResult (origin.ts) as JSON. Latency counts
 * from the time at which a request was to be sent, so that a slow server cannot hide behind the requests that it kept from being sent.
 * The first fifth of the time is not counted.
 *
 * In C, since what measures a millisecond must not stop for one itself: it has no collector and no compiler. While it sends it never
 * sleeps, so that it is on time and nobody has to wake it: on a virtual machine, to wake another core costs a proxy more than all else
 * that it does for a request. That is why the service is part of it; beside it on its core, it would have to be woken.
 *
 * The machine may take the core away, for milliseconds. The time stands still meanwhile: what would have been sent then is not sent at
 * once after it, as no client would, and what was on its way is not counted. How often that was is part of the result.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

/*
 * The 99th percentile is that of the median window: one stall of the machine is not to decide. STALL_NS is longer than a turn of the
 * loop takes for all requests that can be on their way.
 */
enum { MAX_MESSAGE = 16384, WINDOW_NS = 500000000, STALL_NS = 700000, SECOND_NS = 1000000000, MAX_EVENTS = 64, MAX_WINDOWS = 1024 };

/* What epoll tells of something begins with what it is. */
typedef enum { INPUT, LISTENER, SERVED, LOADED } Kind;

typedef struct {
  Kind kind;
  int fd;
} Source;

/* A connection of a proxy to the service. */
typedef struct {
  Source source;
  size_t got; /* bytes of the request so far */
  char request[MAX_MESSAGE];
} Served;

/* A connection of the load. */
typedef struct {
  Source source;
  long due;      /* when its request was to be sent, ns */
  int stalled;   /* whether the core was away meanwhile */
  size_t got;    /* bytes of the answer so far */
  size_t length; /* of the answer; 0: not known yet */
  char answer[MAX_MESSAGE];
} Loaded;

typedef struct {
  long due, took;
} Sample;

static int epoll;
static const char *request, *body;
static char answer[MAX_MESSAGE];
static size_t request_length, answer_length;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void give_up(const char *reason) {
  fprintf(stderr, "%s\n", reason);
  exit(1);
}

static long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * SECOND_NS + time.tv_nsec;
}

static struct sockaddr_in address_of(int port) {
  return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void watch(Source *source) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = source};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, source->fd, &event) != 0) fail("epoll_ctl");
}

static void set_up(int fd) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(fd, F_SETFL, O_NONBLOCK);
}

/* Whether all of it was taken: messages are small. */
static int send_all(int fd, const char *bytes, size_t length) { return send(fd, bytes, length, MSG_NOSIGNAL) == (ssize_t)length; }

/* The service. */

static void write_answer(void) {
  char date[64];
  time_t seconds = time(NULL);
  strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime(&seconds));
  answer_length = snprintf(answer, sizeof answer,
                           "HTTP/1.1 200 OK\r\nServer: origin\r\nDate: %s\r\nContent-Type: application/json\r\n"
                           "Content-Length: %zu\r\nConnection: keep-alive\r\n\r\n%s",
                           date, strlen(body), body);
  if (answer_length >= sizeof answer) give_up("The body is too long");
}

static void listen_on(int port) {
  static Source listener = {.kind = LISTENER};
  struct sockaddr_in address = address_of(port);
  listener.fd = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener.fd, (struct sockaddr *)&address, sizeof address) != 0) fail("bind");
  if (listen(listener.fd, 4096) != 0) fail("listen");
  fcntl(listener.fd, F_SETFL, O_NONBLOCK);
  watch(&listener);
}

static void accept_from(const Source *listener) {
  int fd = accept(listener->fd, NULL, NULL);
  if (fd < 0) return;
  set_up(fd);
  Served *served = calloc(1, sizeof *served);
  served->source = (Source){.kind = SERVED, .fd = fd};
  watch(&served->source);
}

/* Requests without a body, one after the other. */
static void serve(Served *served) {
  ssize_t bytes = read(served->source.fd, served->request + served->got, MAX_MESSAGE - served->got);
  if (bytes > 0) {
    served->got += bytes;
    if (served->got < 4 || memcmp(served->request + served->got - 4, "\r\n\r\n", 4) != 0) return;
    served->got = 0;
    if (send_all(served->source.fd, answer, answer_length)) return;
  }
  close(served->source.fd);
  free(served);
}

static void serve_from(Source *source) {
  if (source->kind == LISTENER) accept_from(source);
  else if (source->kind == SERVED) serve((Served *)source);
}

/* The load. */

static int connect_to(int port) {
  struct sockaddr_in address = address_of(port);
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
  set_up(fd);
  return fd;
}

static void send_request(Loaded *loaded, long due) {
  loaded->due = due;
  loaded->stalled = 0;
  loaded->got = loaded->length = 0;
  if (!send_all(loaded->source.fd, request, request_length)) fail("send");
}

/* Whether all of the answer is here. */
static int read_answer(Loaded *loaded) {
  char *text = loaded->answer;
  ssize_t bytes = read(loaded->source.fd, text + loaded->got, MAX_MESSAGE - 1 - loaded->got);
  if (bytes < 0) fail("read");
  if (bytes == 0) give_up("The server closed a connection");
  loaded->got += bytes;
  text[loaded->got] = 0;
  if (loaded->length == 0) {
    char *end = strstr(text, "\r\n\r\n");
    if (end == NULL) return 0;
    char *length = strcasestr(text, "\r\ncontent-length:");
    if (length == NULL || length > end) give_up("The answer has no Content-Length");
    loaded->length = end + 4 - text + atol(length + strlen("\r\ncontent-length:"));
  }
  return loaded->got >= loaded->length;
}

static int is_right(const Loaded *loaded) {
  size_t length = strlen(body);
  return strncmp(loaded->answer, "HTTP/1.1 200 ", 13) == 0 && loaded->got == loaded->length && loaded->length > length &&
         memcmp(loaded->answer + loaded->length - length, body, length) == 0;
}

static int by_value(const void *a, const void *b) {
  double difference = *(const double *)a - *(const double *)b;
  return (difference > 0) - (difference < 0);
}

static double quantile(double *values, size_t count, double q) {
  qsort(values, count, sizeof *values, by_value);
  return count == 0 ? NAN : values[(size_t)(q * count)];
}

static void report(const Sample *samples, size_t count, long counted, long end, size_t wrong, size_t stalls) {
  double *times = calloc(count + 1, sizeof *times), *of_window = calloc(count + 1, sizeof *times), of_windows[MAX_WINDOWS];
  size_t windows = 0;
  for (size_t i = 0; i < count; i++) times[i] = samples[i].took / 1e6;
  for (long begin = counted; begin + WINDOW_NS <= end && windows < MAX_WINDOWS; begin += WINDOW_NS) {
    size_t in_window = 0;
    for (size_t i = 0; i < count; i++)
      if (samples[i].due >= begin && samples[i].due < begin + WINDOW_NS) of_window[in_window++] = samples[i].took / 1e6;
    if (in_window > 0) of_windows[windows++] = quantile(of_window, in_window, 0.99);
  }
  if (windows == 0) give_up("No half second of the run has a sample: it is too short, or the rate too low");
  printf("{\"requests\":%zu,\"seconds\":%f,\"wrong\":%zu,\"p50Ms\":%f,\"p99Ms\":%f,\"overallP99Ms\":%f,\"stalls\":%zu}\n", count,
         (end - counted) / 1e9, wrong, quantile(times, count, 0.5), quantile(of_windows, windows, 0.5), quantile(times, count, 0.99), stalls);
  fflush(stdout);
  free(times);
  free(of_window);
}

static void put_load(int port, int connections, double rate, double seconds) {
  Loaded *all = calloc(connections, sizeof *all), **idle = calloc(connections, sizeof *idle);
  int idle_count = 0;
  for (int i = 0; i < connections; i++) {
    all[i].source = (Source){.kind = LOADED, .fd = connect_to(port)};
    watch(&all[i].source);
    idle[idle_count++] = &all[i];
  }
  size_t capacity = rate * seconds * 2 + 1000, count = 0, first_waiting = 0, waiting_count = 0, open = 0, wrong = 0, stalls = 0;
  Sample *samples = calloc(capacity, sizeof *samples);
  long *waiting = calloc(capacity, sizeof *waiting);
  long started = now(), before = started, due = started, counted = started + seconds * 0.2 * SECOND_NS, end = started + seconds * SECOND_NS;
  while (due < end || open > 0) {
    long turn = now();
    if (turn - before > STALL_NS) {
      stalls++;
      due += turn - before;
      for (int i = 0; i < connections; i++) all[i].stalled = 1;
      for (size_t i = first_waiting; i < waiting_count; i++) waiting[i] += turn - before;
    }
    before = turn;
    for (; due <= turn && due < end; due -= log(1 - drand48()) / rate * SECOND_NS) {
      if (idle_count > 0) send_request(idle[--idle_count], due);
      else if (waiting_count < capacity) waiting[waiting_count++] = due;
      else continue;
      open++;
    }
    struct epoll_event events[MAX_EVENTS];
    int event_count = epoll_wait(epoll, events, MAX_EVENTS, 0);
    for (int i = 0; i < event_count; i++) {
      Source *source = events[i].data.ptr;
      if (source->kind != LOADED) {
        serve_from(source);
        continue;
      }
      Loaded *loaded = (Loaded *)source;
      if (!read_answer(loaded)) continue;
      if (loaded->due >= counted && !loaded->stalled && count < capacity) {
        samples[count++] = (Sample){loaded->due, now() - loaded->due};
        wrong += !is_right(loaded);
      }
      open--;
      if (first_waiting < waiting_count) send_request(loaded, waiting[first_waiting++]);
      else idle[idle_count++] = loaded;
    }
  }
  for (int i = 0; i < connections; i++) close(all[i].source.fd);
  report(samples, count, counted, end, wrong, stalls);
  free(all);
  free(idle);
  free(samples);
  free(waiting);
}

static void follow_input(void) {
  char line[256];
  int port, connections;
  double rate, seconds;
  ssize_t bytes = read(STDIN_FILENO, line, sizeof line - 1);
  if (bytes <= 0) exit(0);
  line[bytes] = 0;
  if (sscanf(line, "%d %d %lf %lf", &port, &connections, &rate, &seconds) != 4) give_up("expected: PORT CONNECTIONS RATE SECONDS");
  put_load(port, connections, rate, seconds);
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: origin-and-load PORT REQUEST BODY\n");
    return 2;
  }
  request = argv[2];
  body = argv[3];
  request_length = strlen(request);
  write_answer();
  epoll = epoll_create1(0);
  listen_on(atoi(argv[1]));
  static Source input = {.kind = INPUT, .fd = STDIN_FILENO};
  watch(&input);
  for (;;) {
    struct epoll_event events[MAX_EVENTS];
    int event_count = epoll_wait(epoll, events, MAX_EVENTS, -1), is_told = 0;
    for (int i = 0; i < event_count; i++) {
      Source *source = events[i].data.ptr;
      if (source->kind == INPUT) is_told = 1;
      else serve_from(source);
    }
    if (is_told) follow_input();
  }
}
