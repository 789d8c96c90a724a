/* What Sosik and `sosik-unpack` say to each other.  The program takes the files of strangers apart (pictures, PDF, office documents, winmail.dat,
 * calendars, cards) in a process of its own, which can open no connection, write no file, start no program, and has limits of
 * time and memory: what breaks a library there breaks nothing else.
 *
 * `sosik-unpack VERB [NUMBER ...]` reads the file from its standard input and writes one serialised GVariant, UNPACK_REPLY, to its
 * standard output: an UnpackStatus and a value, whose type goes by the verb.  The reader trusts none of it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define UNPACK_REPLY "(uv)"

typedef enum
{
  UNPACK_DONE,
  UNPACK_BROKEN,    /* no such file, or a damaged one; the value is an empty string */
  UNPACK_TOO_LARGE, /* more pixels, pages, files ... than the limits below */
  UNPACK_PROTECTED, /* a password is needed */
} UnpackStatus;

/* `picture EDGE`, `pdf-page INDEX WIDTH`: width, height, those of the original, UnpackPixels, whether the original lies otherwise than it is to be
 * seen, rows without padding. */
#define UNPACK_PICTURE "(uuuuubay)"

typedef enum
{
  UNPACK_RGB,
  UNPACK_RGBA,
  UNPACK_CAIRO, /* 32 bits as the machine keeps them, alpha premultiplied */
} UnpackPixels;

#define UNPACK_MAX_EDGE   4096u                /* pixels of what is given back */
#define UNPACK_MAX_PIXELS (100u * 1000 * 1000) /* of the original */

/* `pdf`: title, sizes of all pages in points. */
#define UNPACK_PDF       "(sa(dd))"
#define UNPACK_MAX_PAGES 10000u

/* `text MOST`: the text of a PDF's pages (UNPACK_TEXT), so many octets or somewhat more, or as many pages as were read in some seconds; of an office document the
 * same, where it was built with what reads these.  Which it is, its content tells. */
#define UNPACK_MAX_TEXT (1u << 20)

/* `tnef`: name (as it stands there: not safe), type ("" unknown), content. */
#define UNPACK_FILES     "a(ssay)"
#define UNPACK_MAX_FILES 500u

/* `calendar`: its events; each as a dictionary (see unpack-calendar.h). */
#define UNPACK_EVENTS     "(saa{sv})"
#define UNPACK_MAX_EVENTS 50u

/* `calendar-reply ADDRESS NAME PARTSTAT NOW`: the iCalendar text of the answer.  UTF-8. */
#define UNPACK_TEXT "s"

/* `card`: for each card its fields: kind, label ("home", "work", ... or ""), value; a photo is base64 text. */
#define UNPACK_CARDS      "aa(sss)"
#define UNPACK_MAX_CARDS  200u
#define UNPACK_MAX_FIELDS 200u

/* Octets of what is read, and of what is given back. */
#define UNPACK_MAX_INPUT  (256u * 1024 * 1024)
#define UNPACK_MAX_OUTPUT (300u * 1024 * 1024)

G_END_DECLS
