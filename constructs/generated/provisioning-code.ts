// generated from terraform resource schema

import { Construct } from 'constructs';
import * as cdktf from 'cdktf';

// Configuration

export interface ProvisioningCodeConfig extends cdktf.TerraformMetaArguments {
  /**
  * Public [age](https://age-encryption.org) keys (`age1…`). With them the secret is sealed once, when it is made, and the state holds only the ciphertext.
  */
  readonly ageRecipients?: string[];
  /**
  * When they stop working, as a time such as `2030-01-31T12:00:00Z`. Not together with `ttl`.
  */
  readonly expiresAt?: string;
  /**
  * What people call it: 1 to 255 characters.
  */
  readonly name: string;
  /**
  * The organisation it belongs to. Default: the provider's `org`.
  */
  readonly org?: string;
  /**
  * How many codes, 1 to 10,000. Default: 1.
  */
  readonly quantity?: number;
  /**
  * How long they work from their creation, such as `7d`. Not together with `expires_at`.
  */
  readonly ttl?: string;
}

/**
* Represents a firstboot_provisioning_code
*/
export class ProvisioningCode extends cdktf.TerraformResource {

  // =================
  // STATIC PROPERTIES
  // =================
  public static readonly tfResourceType = "firstboot_provisioning_code";

  // ==============
  // STATIC Methods
  // ==============
  /**
  * Generates CDKTF code for importing a ProvisioningCode resource upon running "cdktf plan <stack-name>"
  * @param scope The scope in which to define this construct
  * @param importToId The construct id used in the generated config for the ProvisioningCode to import
  * @param importFromId The id of the existing ProvisioningCode that should be imported.
  * @param provider? Optional instance of the provider where the ProvisioningCode to import is found
  */
  public static generateConfigForImport(scope: Construct, importToId: string, importFromId: string, provider?: cdktf.TerraformProvider) {
        return new cdktf.ImportableResource(scope, importToId, { terraformResourceType: "firstboot_provisioning_code", importId: importFromId, ...(provider && { provider }) });
      }

  // ===========
  // INITIALIZER
  // ===========

  /**
  * Create a new firstboot_provisioning_code Resource
  *
  * @param scope The scope in which to define this construct
  * @param id The scoped construct ID. Must be unique amongst siblings in the same scope
  * @param options ProvisioningCodeConfig
  */
  public constructor(scope: Construct, id: string, config: ProvisioningCodeConfig) {
    super(scope, id, {
      terraformResourceType: 'firstboot_provisioning_code',
      terraformGeneratorMetadata: {
        providerName: 'firstboot',
        providerVersionConstraint: '~> 0.1.0'
      },
      ...config,
    });
    this._ageRecipients = config.ageRecipients;
    this._expiresAt = config.expiresAt;
    this._name = config.name;
    this._org = config.org;
    this._quantity = config.quantity;
    this._ttl = config.ttl;
  }

  // ==========
  // ATTRIBUTES
  // ==========

  // age_recipients - computed: false, optional: true, required: false
  private _ageRecipients: string[] | undefined;
  public get ageRecipients() {
    return this.getListAttribute('age_recipients');
  }
  public set ageRecipients(value: string[]) {
    this._ageRecipients = value;
  }
  public resetAgeRecipients() {
    this._ageRecipients = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get ageRecipientsInput() {
    return this._ageRecipients;
  }

  // codes - computed: true, optional: false, required: false
  public get codes() {
    return this.getListAttribute('codes');
  }

  // expires_at - computed: false, optional: true, required: false
  private _expiresAt: string | undefined;
  public get expiresAt() {
    return this.getStringAttribute('expires_at');
  }
  public set expiresAt(value: string) {
    this._expiresAt = value;
  }
  public resetExpiresAt() {
    this._expiresAt = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get expiresAtInput() {
    return this._expiresAt;
  }

  // id - computed: true, optional: false, required: false
  public get id() {
    return this.getStringAttribute('id');
  }

  // name - computed: false, optional: false, required: true
  private _name: string | undefined;
  public get name() {
    return this.getStringAttribute('name');
  }
  public set name(value: string) {
    this._name = value;
  }
  // Temporarily expose input value. Use with caution.
  public get nameInput() {
    return this._name;
  }

  // org - computed: true, optional: true, required: false
  private _org: string | undefined;
  public get org() {
    return this.getStringAttribute('org');
  }
  public set org(value: string) {
    this._org = value;
  }
  public resetOrg() {
    this._org = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get orgInput() {
    return this._org;
  }

  // quantity - computed: true, optional: true, required: false
  private _quantity: number | undefined;
  public get quantity() {
    return this.getNumberAttribute('quantity');
  }
  public set quantity(value: number) {
    this._quantity = value;
  }
  public resetQuantity() {
    this._quantity = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get quantityInput() {
    return this._quantity;
  }

  // sealed_codes - computed: true, optional: false, required: false
  public get sealedCodes() {
    return this.getStringAttribute('sealed_codes');
  }

  // state - computed: true, optional: false, required: false
  public get state() {
    return this.getStringAttribute('state');
  }

  // ttl - computed: false, optional: true, required: false
  private _ttl: string | undefined;
  public get ttl() {
    return this.getStringAttribute('ttl');
  }
  public set ttl(value: string) {
    this._ttl = value;
  }
  public resetTtl() {
    this._ttl = undefined;
  }
  // Temporarily expose input value. Use with caution.
  public get ttlInput() {
    return this._ttl;
  }

  // used - computed: true, optional: false, required: false
  public get used() {
    return this.getNumberAttribute('used');
  }

  // =========
  // SYNTHESIS
  // =========

  protected override synthesizeAttributes(): { [name: string]: any } {
    return {
      age_recipients: cdktf.listMapper(cdktf.stringToTerraform, false)(this._ageRecipients),
      expires_at: cdktf.stringToTerraform(this._expiresAt),
      name: cdktf.stringToTerraform(this._name),
      org: cdktf.stringToTerraform(this._org),
      quantity: cdktf.numberToTerraform(this._quantity),
      ttl: cdktf.stringToTerraform(this._ttl),
    };
  }

  protected override synthesizeHclAttributes(): { [name: string]: any } {
    const attrs = {
      age_recipients: {
        value: cdktf.listMapperHcl(cdktf.stringToHclTerraform, false)(this._ageRecipients),
        isBlock: false,
        type: "list",
        storageClassType: "stringList",
      },
      expires_at: {
        value: cdktf.stringToHclTerraform(this._expiresAt),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
      name: {
        value: cdktf.stringToHclTerraform(this._name),
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
      quantity: {
        value: cdktf.numberToHclTerraform(this._quantity),
        isBlock: false,
        type: "simple",
        storageClassType: "number",
      },
      ttl: {
        value: cdktf.stringToHclTerraform(this._ttl),
        isBlock: false,
        type: "simple",
        storageClassType: "string",
      },
    };

    // remove undefined attributes
    return Object.fromEntries(Object.entries(attrs).filter(([_, value]) => value !== undefined && value.value !== undefined ))
  }
}
