/* The pieces of a message that are found by their words; which of them a word was found in says how good a hit is.  They stand in the
 * index: new ones get new numbers. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BASE_SECTION_SUBJECT = 1,
  BASE_SECTION_FROM, /* names and addresses, a line each; this and the next two */
  BASE_SECTION_TO,
  BASE_SECTION_CC,    /* and Bcc */
  BASE_SECTION_FILES, /* names, a line each */
  BASE_SECTION_TYPES, /* of files: "application/pdf .pdf", a line each */
  BASE_SECTION_LIST,  /* List-Id */
  BASE_SECTION_BODY,  /* what the sender wrote */
  BASE_SECTION_QUOTED,
  BASE_SECTION_ATTACHED, /* text of attached messages, and of files */
  BASE_N_SECTIONS,
} BaseSection;

#define BASE_SECTION_BIT(section) (1u << (section))

G_END_DECLS
