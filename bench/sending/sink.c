/* A mail server that takes everything and reads almost nothing of it: what is left is the cost of the sender.

       gcc -O2 -o sink sink.c && ./sink PORT

   One thread, epoll, PIPELINING. Of a message it looks for the end alone (CRLF . CRLF), of a command at the first
   letters. Listens on 127.0.0.1 until it is killed. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define END "\r\n.\r\n"
#define END_SIZE 5
#define ROOM (128 * 1024)
#define EVENTS 64

struct session {
    int fd;
    int in_content;
    size_t held;            /* bytes at the start of `input` that were not understood yet */
    char input[ROOM];
    size_t said;            /* bytes of `answers` */
    char answers[ROOM / 8]; /* the longest answer to each command that fits into `input`, with room to spare */
};

static void say(struct session *session, const char *answer)
{
    size_t size = strlen(answer);
    if (session->said + size <= sizeof session->answers) {
        memcpy(session->answers + session->said, answer, size);
        session->said += size;
    }
}

static void obey(struct session *session, const char *command)
{
    if (!strncasecmp(command, "EHLO", 4))
        say(session, "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 100000000\r\n");
    else if (!strncasecmp(command, "DATA", 4))
        session->in_content = 1, say(session, "354 go on\r\n");
    else if (!strncasecmp(command, "QUIT", 4))
        say(session, "221 bye\r\n");
    else
        say(session, "250 ok\r\n");
}

/* The place after the message that begins at `at`, or NULL while its end has not come. */
static char *after_content(struct session *session, char *at, size_t left)
{
    char *end = memmem(at, left, END, END_SIZE);
    if (!end)
        return NULL;
    session->in_content = 0;
    say(session, "250 taken\r\n");
    return end + END_SIZE;
}

/* The place after the command that begins at `at`, or NULL while its line is not whole. */
static char *after_command(struct session *session, char *at, size_t left)
{
    char *end = memchr(at, '\n', left);
    if (!end)
        return NULL;
    obey(session, at);
    /* The line end of DATA may be that before the dot of an empty message. */
    return session->in_content ? end - 1 : end + 1;
}

static void understand(struct session *session)
{
    char *at = session->input, *stop = session->input + session->held, *next = at;
    while (at < stop) {
        size_t left = (size_t)(stop - at);
        next = session->in_content ? after_content(session, at, left) : after_command(session, at, left);
        if (!next)
            break;
        at = next;
    }
    /* Of a message that goes on, its last bytes may be the beginning of the end. */
    if (session->in_content && stop - at >= END_SIZE)
        at = stop - (END_SIZE - 1);
    session->held = (size_t)(stop - at);
    memmove(session->input, at, session->held);
}

/* Whether the session goes on. */
static int serve(struct session *session)
{
    ssize_t size = recv(session->fd, session->input + session->held, ROOM - session->held, 0);
    if (size <= 0)
        return 0;
    session->held += (size_t)size;
    session->said = 0;
    understand(session);
    return !session->said || send(session->fd, session->answers, session->said, MSG_NOSIGNAL) == (ssize_t)session->said;
}

static void greet(int poll, int listener)
{
    int one = 1, fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    struct session *session = fd < 0 ? NULL : malloc(sizeof *session);
    if (!session)
        return;
    session->fd = fd, session->in_content = 0, session->held = 0;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct epoll_event readable = {.events = EPOLLIN, .data.ptr = session};
    epoll_ctl(poll, EPOLL_CTL_ADD, fd, &readable);
    send(fd, "220 sink\r\n", 10, MSG_NOSIGNAL);
}

static int listening(int port)
{
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in here = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, SOMAXCONN)) {
        perror("sink");
        exit(1);
    }
    return listener;
}

int main(int count, char **words)
{
    int listener = listening(count > 1 ? atoi(words[1]) : 2525), poll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event waiting = {.events = EPOLLIN, .data.ptr = NULL}, ready[EVENTS];
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &waiting);
    for (;;) {
        int found = epoll_wait(poll, ready, EVENTS, -1);
        for (int place = 0; place < found; place++) {
            struct session *session = ready[place].data.ptr;
            if (!session) {
                greet(poll, listener);
            } else if (!serve(session)) {
                close(session->fd);
                free(session);
            }
        }
    }
}
