// generated from terraform resource schema

import { Construct } from 'constructs';
import * as cdktf from 'cdktf';

// Configuration

export interface FirstbootProviderConfig {
  /**
  * API key of the form `ID.SECRET`. Default: `FIRSTBOOT_API_KEY`.
  */
  readonly apiKey?: string;
  /**
  * Certificate authority of the server in PEM, instead of the system's. Default: `FIRSTBOOT_CA_PEM`.
  */
  readonly caPem?: string;
  /**
  * Address of the server, such as `https://plane.example.com:8443`. Default: `FIRSTBOOT_ENDPOINT`.
  */
  readonly endpoint?: string;
  /**
  * The organisation of resources that name none. Default: `FIRSTBOOT_ORG`.
  */
  readonly org?: string;
  /**
  * Alias name
  */
  readonly alias?: string;
}

/**
* Represents a firstboot
*/
export class FirstbootProvider extends cdktf.TerraformProvider {

  // =================
  // STATIC PROPERTIES
  // =================
  public static readonly tfResourceType = "firstboot";

  // ==============
  // STATIC Methods
  // ==============
  /**
  * Generates CDKTF code for importing a FirstbootProvider resource upon running "cdktf plan <stack-name>"
  * @param scope The scope in which to define this construct
  * @param importToId The construct id used in the generated config for the FirstbootProvider to import
  * @param importFromId The id of the existing FirstbootProvider that should be imported.
  * @param provider? Optional instance of the provider where the FirstbootProvider to import is found
  */
  public static generateConfigForImport(scope: Construct, importToId: string, importFromId: string, provider?: cdktf.TerraformProvider) {
        return new cdktf.ImportableResource(scope, importToId, { terraformResourceType: "firstboot", importId: importFromId, ...(provider && { provider }) });
      }

  // ===========
  // INITIALIZER
  // ===========

  /**
  * Create a new firstboot Resource
  *
  * @param scope The scope in which to define this construct
  * @param id The scoped construct ID. Must be unique amongst siblings in the same scope
  * @param options FirstbootProviderConfig = {}
  */
  public constructor(scope: Construct, id: string, config: FirstbootProviderConfig = {}) {
    super(scope, id, {
      terraformResourceType: 'firstboot',
      terraformGeneratorMetadata: {
        providerName: 'firstboot',
        providerVersionConstraint: '~> 0.1.0'
      },
      terraformProviderSource: 'registry.terraform.io/firstboot/firstboot'
    });
    this._apiKey = config.apiKey;
    this._caPem = config.caPem;
    this._endpoint = config.endpoint;
    this._org = config.org;
    this._alias = config.alias;
  }

  // ==========
  // ATTRIBUTES
  // ==========

  // api_key - computed: false, optional: true, required: false
  private _apiKey: string | undefined;
  public get apiKey() {
    return this._apiKey;
  }
  public set apiKey(value: string | undefined) {
    this._apiKey = value;
  }
  public resetApiKey() {
    this._apiKey = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get apiKeyInput() {
    return this._apiKey;
  }

  // ca_pem - computed: false, optional: true, required: false
  private _caPem: string | undefined;
  public get caPem() {
    return this._caPem;
  }
  public set caPem(value: string | undefined) {
    this._caPem = value;
  }
  public resetCaPem() {
    this._caPem = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get caPemInput() {
    return this._caPem;
  }

  // endpoint - computed: false, optional: true, required: false
  private _endpoint: string | undefined;
  public get endpoint() {
    return this._endpoint;
  }
  public set endpoint(value: string | undefined) {
    this._endpoint = value;
  }
  public resetEndpoint() {
    this._endpoint = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get endpointInput() {
    return this._endpoint;
  }

  // org - computed: false, optional: true, required: false
  private _org: string | undefined;
  public get org() {
    return this._org;
  }
  public set org(value: string | undefined) {
    this._org = value;
  }
  public resetOrg() {
    this._org = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get orgInput() {
    return this._org;
  }

  // alias - computed: false, optional: true, required: false
  private _alias: string | undefined;
  public override get alias() {
    return this._alias;
  }
  public override set alias(value: string | undefined) {
    this._alias = value;
  }
  public resetAlias() {
    this._alias = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get aliasInput() {
    return this._alias;
  }

  // =========
  // SYNTHESIS
  // =========

  protected override synthesizeAttributes(): { [name: string]: any } {
    return {
      api_key: cdktf.stringToTerraform(this._apiKey),
      ca_pem: cdktf.stringToTerraform(this._caPem),
      endpoint: cdktf.stringToTerraform(this._endpoint),
      org: cdktf.stringToTerraform(this._org),
      alias: cdktf.stringToTerraform(this._alias),
    };
  }

  protected override synthesizeHclAttributes(): { [name: string]: any } {
    const attrs = {
      api_key: {
        value: cdktf.stringToHclTerraform(this._apiKey),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      ca_pem: {
        value: cdktf.stringToHclTerraform(this._caPem),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      endpoint: {
        value: cdktf.stringToHclTerraform(this._endpoint),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      org: {
        value: cdktf.stringToHclTerraform(this._org),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      alias: {
        value: cdktf.stringToHclTerraform(this._alias),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
    };

    // remove undefined attributes
    return Object.fromEntries(Object.entries(attrs).filter(([_, value]) => value !== undefined && value.value !== undefined ))
  }
}
