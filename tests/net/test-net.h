/* The groups of tests of the net layer. */
#pragma once

void test_certificate_add (void);
void test_connection_add (void);
void test_dial_add (void);
void test_sasl_add (void);
void test_tls_add (void);
