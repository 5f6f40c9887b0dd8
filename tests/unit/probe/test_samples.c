/* Istio's sample roots, as its releases have them. */
#include "samples.h"

#include "support.h"

/* samples/certs/root-cert.pem of Istio 1.0 to 1.30. */
static const char sample[] = "-----BEGIN CERTIFICATE-----\n"
                             "MIID7TCCAtWgAwIBAgIJAOIRDhOcxsx6MA0GCSqGSIb3DQEBCwUAMIGLMQswCQYD\n"
                             "VQQGEwJVUzETMBEGA1UECAwKQ2FsaWZvcm5pYTESMBAGA1UEBwwJU3Vubnl2YWxl\n"
                             "MQ4wDAYDVQQKDAVJc3RpbzENMAsGA1UECwwEVGVzdDEQMA4GA1UEAwwHUm9vdCBD\n"
                             "QTEiMCAGCSqGSIb3DQEJARYTdGVzdHJvb3RjYUBpc3Rpby5pbzAgFw0xODAxMjQx\n"
                             "OTE1NTFaGA8yMTE3MTIzMTE5MTU1MVowgYsxCzAJBgNVBAYTAlVTMRMwEQYDVQQI\n"
                             "DApDYWxpZm9ybmlhMRIwEAYDVQQHDAlTdW5ueXZhbGUxDjAMBgNVBAoMBUlzdGlv\n"
                             "MQ0wCwYDVQQLDARUZXN0MRAwDgYDVQQDDAdSb290IENBMSIwIAYJKoZIhvcNAQkB\n"
                             "FhN0ZXN0cm9vdGNhQGlzdGlvLmlvMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIB\n"
                             "CgKCAQEA38uEfAatzQYqbaLou1nxJ348VyNzumYMmDDt5pbLYRrCo2pS3ki1ZVDN\n"
                             "8yxIENJFkpKw9UctTGdbNGuGCiSDP7uqF6BiVn+XKAU/3pnPFBbTd0S33NqbDEQu\n"
                             "IYraHSl/tSk5rARbC1DrQRdZ6nYD2KrapC4g0XbjY6Pu5l4y7KnFwSunnp9uqpZw\n"
                             "uERv/BgumJ5QlSeSeCmhnDhLxooG8w5tC2yVr1yDpsOHGimP/mc8Cds4V0zfIhQv\n"
                             "YzfIHphhE9DKjmnjBYLOdj4aycv44jHnOGc+wvA1Jqsl60t3wgms+zJTiWwABLdw\n"
                             "zgMAa7yxLyoV0+PiVQud6k+8ZoIFcwIDAQABo1AwTjAdBgNVHQ4EFgQUOUYGtUyh\n"
                             "euxO4lGe4Op1y8NVoagwHwYDVR0jBBgwFoAUOUYGtUyheuxO4lGe4Op1y8NVoagw\n"
                             "DAYDVR0TBAUwAwEB/zANBgkqhkiG9w0BAQsFAAOCAQEANXLyfAs7J9rmBamGJvPZ\n"
                             "ltx390WxzzLFQsBRAaH6rgeipBq3dR9qEjAwb6BTF+ROmtQzX+fjstCRrJxCto9W\n"
                             "tC8KvXTdRfIjfCCZjhtIOBKqRxE4KJV/RBfv9xD5lyjtCPCQl3Ia6MSf42N+abAK\n"
                             "WCdU6KCojA8WB9YhSCzza3aQbPTzd26OC/JblJpVgtus5f8ILzCsz+pbMimgTkhy\n"
                             "AuhYRppJaQ24APijsEC9+GIaVKPg5IwWroiPoj+QXNpshuvqVQQXvGaRiq4zoSnx\n"
                             "xAJz+w8tjrDWcf826VN14IL+/Cmqlg/rIfB5CHdwVIfWwpuGB66q/UiPegZMNs8a\n"
                             "3g==\n"
                             "-----END CERTIFICATE-----\n";

static void a_sample_root_is_found(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct two t;
    two_init(&t);
    samples_check(&t.probe);
    assert_int_equal(json_array_size(t.probe.findings), 0);
    must(ca_roots_add_pem(&t.west.ca.roots, sample, strlen(sample), "sample", &err), &err);
    samples_check(&t.probe);
    assert_int_equal(json_array_size(t.probe.findings), 1);
    assert_string_equal(json_dig_str(t.probe.findings, "0", "id", NULL), "MC209");
    assert_string_equal(json_dig_str(t.probe.findings, "0", "level", NULL), "error");
    ca_roots_release(&t.west.ca.roots);
    two_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sample_root_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
