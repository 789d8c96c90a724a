/* What the test and the preloaded library share: one page of a file that both have mapped. */
#pragma once

#include <stdint.h>

typedef struct
{
  volatile uint32_t count; /* calls so far that would change something below the folder */
  volatile uint32_t from;  /* fails from this call on, counted from 1; 0: never */
  volatile uint32_t until; /* and up to this one; 0: for ever */
  volatile int32_t error;  /* with this errno */
} FaultControl;

#define FAULT_CONTROL "FAULT_CONTROL" /* environment: the file */
#define FAULT_FOLDER  "FAULT_FOLDER"  /* environment: calls on what lies below it count */
