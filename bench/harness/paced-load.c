/*
 * paced-load PORT PATH CONNECTIONS RATE SECONDS BODY
 *
 * Sends GET requests to 127.0.0.1 at the times of a Poisson process of RATE per second, whether earlier ones are answered or not, and
 * prints a LoadResult (load.ts) as JSON. Latency counts from the time at which a request was to be sent, so that a slow server cannot
 * hide behind the requests that it kept from being sent. The first fifth of the time is not counted.
 *
 * In C, since what measures a millisecond must not stop for one itself: it has no collector and no compiler. It never sleeps, so that
 * it is on time and nobody has to wake it, which costs a proxy more than the write; at the lowest priority, so that the origin, which
 * shares its core, does not wait for it.
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
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/*
 * The 99th percentile is that of the median window: one stall of the machine is not to decide. STALL_NS is longer than the origin takes
 * for all requests that can be on their way.
 */
enum { MAX_ANSWER = 16384, WINDOW_NS = 500000000, STALL_NS = 700000, SECOND_NS = 1000000000 };

typedef struct {
  int fd;
  long due;      /* when its request was to be sent, ns */
  int stalled;   /* whether the core was away meanwhile */
  size_t got;    /* bytes of the answer so far */
  size_t length; /* of the answer; 0: not known yet */
  char answer[MAX_ANSWER];
} Connection;

typedef struct {
  long due, took;
} Sample;

static char request[4096];
static size_t request_length;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * SECOND_NS + time.tv_nsec;
}

static int open_connection(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

static void send_request(Connection *connection, long due) {
  connection->due = due;
  connection->stalled = 0;
  connection->got = connection->length = 0;
  if (write(connection->fd, request, request_length) != (ssize_t)request_length) fail("write");
}

/* Whether all of the answer is here. */
static int read_answer(Connection *connection) {
  char *answer = connection->answer;
  ssize_t read_bytes = read(connection->fd, answer + connection->got, MAX_ANSWER - 1 - connection->got);
  if (read_bytes < 0) fail("read");
  if (read_bytes == 0) {
    fprintf(stderr, "The server closed a connection\n");
    exit(1);
  }
  connection->got += read_bytes;
  answer[connection->got] = 0;
  if (connection->length == 0) {
    char *end = strstr(answer, "\r\n\r\n");
    if (end == NULL) return 0;
    char *length = strcasestr(answer, "\r\ncontent-length:");
    if (length == NULL || length > end) {
      fprintf(stderr, "The answer has no Content-Length\n");
      exit(1);
    }
    connection->length = end + 4 - answer + atol(length + strlen("\r\ncontent-length:"));
  }
  return connection->got >= connection->length;
}

static int is_right(const Connection *connection, const char *body) {
  size_t length = strlen(body);
  return strncmp(connection->answer, "HTTP/1.1 200 ", 13) == 0 && connection->got == connection->length &&
         connection->length > length && memcmp(connection->answer + connection->length - length, body, length) == 0;
}

static int by_value(const void *a, const void *b) {
  double difference = *(const double *)a - *(const double *)b;
  return (difference > 0) - (difference < 0);
}

static double quantile(double *values, size_t count, double q) {
  qsort(values, count, sizeof *values, by_value);
  return count == 0 ? NAN : values[(size_t)(q * count)];
}

int main(int argc, char **argv) {
  if (argc != 7) {
    fprintf(stderr, "usage: paced-load PORT PATH CONNECTIONS RATE SECONDS BODY\n");
    return 2;
  }
  int port = atoi(argv[1]), connections = atoi(argv[3]), idle_count = 0, epoll = epoll_create1(0);
  double rate = atof(argv[4]), seconds = atof(argv[5]);
  request_length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nhost: 127.0.0.1:%d\r\naccept: application/json\r\n\r\n", argv[2], port);
  if (request_length >= sizeof request) return 2;
  setpriority(PRIO_PROCESS, 0, 19);

  Connection *all = calloc(connections, sizeof *all), **idle = calloc(connections, sizeof *idle);
  for (int i = 0; i < connections; i++) {
    all[i].fd = open_connection(port);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
    epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].fd, &event);
    idle[idle_count++] = &all[i];
  }

  size_t capacity = rate * seconds * 2 + 1000, sample_count = 0, first_waiting = 0, waiting_count = 0, open = 0, wrong = 0, stalls = 0;
  Sample *samples = calloc(capacity, sizeof *samples);
  long *waiting = calloc(capacity, sizeof *waiting);
  long started = now(), due = started, counted = started + seconds * 0.2 * SECOND_NS, end = started + seconds * SECOND_NS;
  long before = started;
  while (due < end || open > 0) {
    long turn = now();
    if (turn - before > STALL_NS) {
      stalls++;
      due += turn - before;
      for (int i = 0; i < connections; i++) all[i].stalled = 1;
      for (size_t i = first_waiting; i < waiting_count; i++) waiting[i] += turn - before;
    }
    before = turn;
    for (long time = turn; due <= time && due < end; due -= log(1 - drand48()) / rate * SECOND_NS) {
      if (idle_count > 0) send_request(idle[--idle_count], due);
      else if (waiting_count < capacity) waiting[waiting_count++] = due;
      else continue;
      open++;
    }
    struct epoll_event events[64];
    int count = epoll_wait(epoll, events, 64, 0);
    for (int i = 0; i < count; i++) {
      Connection *connection = events[i].data.ptr;
      if (!read_answer(connection)) continue;
      if (connection->due >= counted && !connection->stalled && sample_count < capacity) {
        samples[sample_count++] = (Sample){connection->due, now() - connection->due};
        wrong += !is_right(connection, argv[6]);
      }
      open--;
      if (first_waiting < waiting_count) send_request(connection, waiting[first_waiting++]);
      else idle[idle_count++] = connection;
    }
  }

  double *times = calloc(sample_count + 1, sizeof *times), *of_window = calloc(sample_count + 1, sizeof *times);
  double of_windows[1024];
  size_t windows = 0;
  for (size_t i = 0; i < sample_count; i++) times[i] = samples[i].took / 1e6;
  for (long begin = counted; begin + WINDOW_NS <= end && windows < 1024; begin += WINDOW_NS) {
    size_t count = 0;
    for (size_t i = 0; i < sample_count; i++)
      if (samples[i].due >= begin && samples[i].due < begin + WINDOW_NS) of_window[count++] = samples[i].took / 1e6;
    if (count > 0) of_windows[windows++] = quantile(of_window, count, 0.99);
  }
  if (windows == 0) {
    fprintf(stderr, "No half second of the run has a sample: it is too short, or the rate too low\n");
    return 1;
  }
  printf("{\"requests\":%zu,\"seconds\":%f,\"wrong\":%zu,\"p50Ms\":%f,\"p99Ms\":%f,\"overallP99Ms\":%f,\"stalls\":%zu}\n", sample_count, seconds * 0.8,
         wrong, quantile(times, sample_count, 0.5), quantile(of_windows, windows, 0.5), quantile(times, sample_count, 0.99), stalls);
  return 0;
}
